using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;
using Google.Protobuf;

namespace DreamFarm.Protocol;

/// <summary>A window on its way to a worker, as row slices.</summary>
public static class WindowSlices
{
    /// <summary>Bytes of a window's pixels, which is what credits count.</summary>
    public static long Bytes(WindowShape shape) => 6L * shape.Height * shape.Width;

    /// <summary>
    /// Cuts a window into messages, one at a time. They refer to <paramref name="pixels"/> and copy nothing: the buffer
    /// must outlive the write of each.
    /// </summary>
    /// <param name="window">Id of the window, unique in the stream.</param>
    /// <param name="objective">Id of its objective.</param>
    /// <param name="pixels">[rows][3][columns] of the window.</param>
    /// <param name="trace">Context of the span that the window's computing belongs to; null if it is not traced.</param>
    public static IEnumerable<WindowSlice> Split(long window, long objective, WindowShape shape, RowBuffer<short> pixels, string? trace = null)
    {
        int rowBytes = 6 * shape.Width, most = SliceRows.PerSlice(rowBytes);
        var wireShape = ToWire(shape);
        for (int row = 0; row < shape.Height; row += most)
        {
            int rows = Math.Min(most, shape.Height - row);
            var data = pixels.Bytes.Slice(row * rowBytes, rows * rowBytes);
            yield return new WindowSlice
            {
                Window = window,
                Objective = objective,
                Shape = wireShape,
                FirstRow = row,
                Rows = rows,
                Data = UnsafeByteOperations.UnsafeWrap(data),
                Crc32C = Crc(window, objective, wireShape, row, rows, data.Span),
                Traceparent = row == 0 && trace is not null ? trace : "",
            };
        }
    }

    /// <summary>A shape as it travels.</summary>
    public static Shape ToWire(WindowShape shape) => new()
    {
        Height = shape.Height,
        Width = shape.Width,
        CoreTop = shape.CoreTop,
        CoreLeft = shape.CoreLeft,
        CoreHeight = shape.CoreHeight,
        CoreWidth = shape.CoreWidth,
        Top = shape.Top,
        Left = shape.Left,
    };

    /// <summary>Reads a shape that came over the wire, from somebody who may not mean well.</summary>
    /// <param name="mostPixels">The largest window to accept.</param>
    /// <returns>The shape, or null and one sentence that says what is wrong with it.</returns>
    public static WindowShape? FromWire(Shape? wire, long mostPixels, out string? problem)
    {
        problem = FindProblem(wire, mostPixels);
        return problem is null
            ? new WindowShape(wire!.Height, wire.Width, wire.CoreTop, wire.CoreLeft, wire.CoreHeight, wire.CoreWidth, wire.Top, wire.Left)
            : null;
    }

    internal static uint Crc(long window, long objective, Shape shape, int firstRow, int rows, ReadOnlySpan<byte> data)
    {
        var checksum = new Checksum();
        checksum.Add(window);
        checksum.Add(objective);
        checksum.Add(shape.Height);
        checksum.Add(shape.Width);
        checksum.Add(shape.CoreTop);
        checksum.Add(shape.CoreLeft);
        checksum.Add(shape.CoreHeight);
        checksum.Add(shape.CoreWidth);
        checksum.Add(shape.Top);
        checksum.Add(shape.Left);
        checksum.Add(firstRow);
        checksum.Add(rows);
        checksum.Add(data);
        return checksum.Value;
    }

    private static string? FindProblem(Shape? wire, long mostPixels)
    {
        if (wire is null)
            return "a window has no shape";
        if (wire.Height < 1 || wire.Width < 1)
            return $"a window of {wire.Width}x{wire.Height} pixels is empty";
        if (6L * wire.Width > SliceRows.MostBytes)
            return $"a window {wire.Width} pixels wide does not fit slices of {SliceRows.MostBytes} bytes";
        if ((long)wire.Height * wire.Width > Math.Min(mostPixels, Array.MaxLength / 6))
            return $"a window of {wire.Width}x{wire.Height} pixels is larger than the {mostPixels} that fit here";
        if (wire.CoreHeight < 1 || wire.CoreWidth < 1 || wire.CoreTop < 0 || wire.CoreLeft < 0
            || wire.CoreHeight > wire.Height - wire.CoreTop || wire.CoreWidth > wire.Width - wire.CoreLeft)
            return $"a core of {wire.CoreWidth}x{wire.CoreHeight} pixels at row {wire.CoreTop}, column {wire.CoreLeft} is not inside its window of {wire.Width}x{wire.Height}";
        return null;
    }
}
