using System.Buffers;

namespace DreamFarm.Networks;

/// <summary>All numbers of a .caffemodel one behind the other, as if the file held nothing else; they stay in the file until they are read.</summary>
internal sealed class CaffeNumbers(IWeightBytes source) : IWeightBytes
{
    private const int ChunkBytes = 64 * 1024;

    // With where each begins in this form, bytes.
    private readonly List<(long Begin, CaffeRun Run)> _runs = [];

    public string Name => source.Name;

    public long Length { get; private set; }

    public void Add(CaffeRun run)
    {
        _runs.Add((Length, run));
        Length += run.Bytes;
    }

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"There are {Length} bytes.");
        for (var index = FindRun(offset); !destination.IsEmpty; index++)
        {
            var (begin, run) = _runs[index];
            var within = offset - begin;
            var piece = destination[..(int)Math.Min(destination.Length, run.Bytes - within)];
            if (run.Stride == run.Size)
                source.Read(run.Offset + within, piece);
            else
                Gather(run, within, piece);
            offset += piece.Length;
            destination = destination[piece.Length..];
        }
    }

    public void Dispose() => source.Dispose();

    /// <summary>Picks numbers from between tags.</summary>
    private void Gather(CaffeRun run, long within, Span<byte> destination)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (!destination.IsEmpty)
            {
                var (first, inner) = Math.DivRem(within, run.Size);
                var count = (int)Math.Min((inner + destination.Length + run.Size - 1) / run.Size, ChunkBytes / run.Stride);
                var stored = buffer.AsSpan(0, ((count - 1) * run.Stride) + run.Size);
                source.Read(run.Offset + (first * run.Stride), stored);
                for (; count > 0; count--)
                {
                    var number = stored.Slice((int)inner, (int)Math.Min(run.Size - inner, destination.Length));
                    number.CopyTo(destination);
                    within += number.Length;
                    destination = destination[number.Length..];
                    if (count > 1)
                        stored = stored[run.Stride..];
                    inner = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The last run that begins at or before an offset.</summary>
    private int FindRun(long offset)
    {
        int low = 0, high = _runs.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _runs[middle].Begin <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
