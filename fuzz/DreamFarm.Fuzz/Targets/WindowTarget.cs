using DreamFarm.Dreaming;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using Google.Protobuf;

namespace DreamFarm.Fuzz;

/// <summary>Row slices of a window, as a worker gets them: the first message, and a second that goes on.</summary>
internal sealed class WindowTarget : IFuzzTarget
{
    private const long MostPixels = 1 << 14;

    public string Name => "window";

    public int Share => 8;

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var shape = new WindowShape(24, 16, 4, 4, 16, 8);
            using var pixels = new RowBuffer<short>(shape.WindowValues);
            pixels.GetSpan().Clear();
            return [.. WindowSlices.Split(1, 2, shape, pixels).Select(slice => slice.ToByteArray())];
        }
    }

    public IReadOnlyList<string> Words => [];

    public void Run(byte[] input)
    {
        WindowSlice slice;
        try
        {
            slice = WindowSlice.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException)
        {
            return;
        }
        // Every other one with a right checksum: somebody may compute it who does not mean well.
        if (slice.Shape is not null && input.Length % 2 == 0)
            slice.Crc32C = WindowSlices.Crc(slice.Window, slice.Objective, slice.Shape, slice.FirstRow, slice.Rows, slice.Data.Span);
        using var window = WindowAssembly.Begin(slice, MostPixels, out string? problem);
        if ((window is null) == (problem is null))
            throw new InvalidOperationException("neither a window nor a problem, or both");
        if (window is null)
            return;
        slice.FirstRow += slice.Rows;
        window.TryAdd(slice, out _);
        if (window.IsComplete)
            _ = window.Pixels.Length;
    }
}
