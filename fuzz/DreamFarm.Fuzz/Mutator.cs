using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Fuzz;

/// <summary>Changes inputs at random, the same way for the same seed.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words)
{
    private const int Longest = 1 << 16;

    private static readonly long[] Edges = [0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];

    /// <summary>One to eight changes of a copy.</summary>
    public byte[] Mutate(Random random, byte[] input)
    {
        var bytes = new List<byte>(input);
        for (int changes = 1 << random.Next(4); changes > 0; changes--)
            Change(random, bytes);
        if (bytes.Count > Longest)
            bytes.RemoveRange(Longest, bytes.Count - Longest);
        return [.. bytes];
    }

    private void Change(Random random, List<byte> bytes)
    {
        int at = random.Next(bytes.Count + 1);
        int left = bytes.Count - at;
        switch (random.Next(9))
        {
            case 0 when left > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when left > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when left > 0:
                bytes.RemoveRange(at, random.Next(1, Math.Min(left, 64) + 1));
                break;
            case 3:
                bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 17)).Select(_ => (byte)random.Next(256)));
                break;
            case 4 when left > 0:
                // Repeats a piece, now and then often.
                byte[] piece = [.. bytes.Skip(at).Take(random.Next(1, 33))];
                for (int times = random.Next(8) == 0 ? 200 : 1; times > 0 && bytes.Count < Longest; times--)
                    bytes.InsertRange(at, piece);
                break;
            case 5 when corpus.Count > 0:
                // The beginning of this and the end of another.
                byte[] other = corpus[random.Next(corpus.Count)];
                bytes.RemoveRange(at, left);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
            case 6 when _words.Length > 0:
                byte[] word = _words[random.Next(_words.Length)];
                if (random.Next(2) == 0)
                    bytes.RemoveRange(at, Math.Min(word.Length, left));
                bytes.InsertRange(at, word);
                break;
            case 7 when left > 0:
                Overwrite(random, bytes, at);
                break;
            case 8 when left > 0:
                bytes.RemoveRange(at, left);
                break;
        }
    }

    /// <summary>Puts a number at which parsers trip over what may be a length, an offset or a count.</summary>
    private static void Overwrite(Random random, List<byte> bytes, int at)
    {
        Span<byte> number = stackalloc byte[8];
        long value = Edges[random.Next(Edges.Length)] + random.Next(-2, 3);
        int size = 1 << random.Next(4);
        if (random.Next(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else
            BinaryPrimitives.WriteInt64BigEndian(number, value << (64 - 8 * size));
        for (int i = 0; i < size && at + i < bytes.Count; i++)
            bytes[at + i] = number[i];
    }
}
