using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Fuzz;

/// <summary>Weights as they travel.</summary>
internal sealed class SafetensorsTarget : IFuzzTarget
{
    public string Name => "safetensors";

    public int Share => 15;

    public IEnumerable<byte[]> Seeds =>
    [
        File("""{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F16","shape":[4],"data_offsets":[16,24]}}""", 24),
        File("""{"__metadata__":{"format":"pt"},"x.weight":{"dtype":"BF16","shape":[1,3],"data_offsets":[0,6]},"e":{"dtype":"I64","shape":[],"data_offsets":[6,14]}}""", 14),
        File("{}", 0),
    ];

    public IReadOnlyList<string> Words =>
        ["\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"F64\"", "\"I8\"", "[", "]", "{", "}", ",", ":", "[0,0]", "9223372036854775807", "2147483647", "-1", "1e3", "\"\\ud800\"", "[[[[[[[[[", "null"];

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        if (random.Next(3) == 0 || seed.Length < 8)
            return mutator.Mutate(random, seed);
        // A right length before a header that is not.
        int length = (int)Math.Min((ulong)seed.Length - 8, BinaryPrimitives.ReadUInt64LittleEndian(seed));
        byte[] header = mutator.Mutate(random, seed[8..(8 + length)]);
        return [.. Prefix(header.Length), .. header, .. seed.AsSpan(8 + length)];
    }

    public void Run(byte[] input) => WeightsInput.Read(input, portableOnly: true);

    private static byte[] File(string header, int data) => [.. Prefix(header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[data]];

    private static byte[] Prefix(int length)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, length);
        return prefix;
    }
}
