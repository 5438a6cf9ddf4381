using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;

namespace DreamFarm.Protocol;

/// <summary>A window that is being put together from its slices.</summary>
public sealed class WindowAssembly : IDisposable
{
    private readonly RowBuffer<short> _pixels;
    private int _nextRow;

    private WindowAssembly(long window, long objective, WindowShape shape, string trace)
    {
        Window = window;
        Objective = objective;
        Trace = trace;
        Shape = shape;
        _pixels = new RowBuffer<short>(shape.WindowValues);
    }

    /// <summary>Id of the window within its stream.</summary>
    public long Window { get; }

    /// <summary>Id of its objective within the stream.</summary>
    public long Objective { get; }

    /// <summary>Context of the span that its computing belongs to, as the client wrote it; empty if it is not traced.</summary>
    public string Trace { get; }

    /// <summary>Of the window and of the core that is wanted of it, pixels.</summary>
    public WindowShape Shape { get; }

    /// <summary>Every row is there.</summary>
    public bool IsComplete => _nextRow == Shape.Height;

    /// <summary>[rows][3][columns]; all of it only when <see cref="IsComplete"/>.</summary>
    public ReadOnlyMemory<short> Pixels => _pixels.Memory;

    /// <summary>Starts a window with its first slice. Memory is taken only if the slice is sound.</summary>
    /// <param name="mostPixels">The largest window to accept.</param>
    /// <returns>The window with that slice in it, or null and one sentence that says what is wrong.</returns>
    public static WindowAssembly? Begin(WindowSlice first, long mostPixels, out string? problem)
    {
        if (WindowSlices.FromWire(first.Shape, mostPixels, out problem) is not { } shape)
            return null;
        problem = FindProblem(first, shape, nextRow: 0);
        if (problem is not null)
            return null;
        var assembly = new WindowAssembly(first.Window, first.Objective, shape, first.Traceparent);
        assembly.Append(first);
        return assembly;
    }

    /// <summary>Adds the next slice.</summary>
    /// <returns>False, with one sentence in <paramref name="problem"/>, if it is not the one that is due, or damaged; the window is then lost.</returns>
    public bool TryAdd(WindowSlice slice, out string? problem)
    {
        problem = slice.Shape is null || !slice.Shape.Equals(WindowSlices.ToWire(Shape)) || slice.Objective != Objective
            ? "two slices of one window differ in shape or objective"
            : FindProblem(slice, Shape, _nextRow);
        if (problem is null)
            Append(slice);
        return problem is null;
    }

    /// <inheritdoc/>
    public void Dispose() => _pixels.Dispose();

    private static string? FindProblem(WindowSlice slice, WindowShape shape, int nextRow)
    {
        var data = slice.Data.Span;
        return SliceRows.FindProblem(slice.FirstRow, slice.Rows, data.Length, nextRow, shape.Height, 6 * shape.Width)
            ?? (WindowSlices.Crc(slice.Window, slice.Objective, slice.Shape, slice.FirstRow, slice.Rows, data) == slice.Crc32C
                ? null
                : $"the checksum of rows {slice.FirstRow} to {slice.FirstRow + slice.Rows - 1} is wrong");
    }

    private void Append(WindowSlice slice)
    {
        slice.Data.Span.CopyTo(_pixels.Bytes.Span[(_nextRow * 6 * Shape.Width)..]);
        _nextRow += slice.Rows;
    }
}
