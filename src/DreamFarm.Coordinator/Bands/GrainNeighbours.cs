using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>The bands of one octave of a job, wherever their grains live. Pixels go in slices.</summary>
/// <param name="grain">Finds the grain of a band of the octave.</param>
internal sealed class GrainNeighbours(Func<int, IBandGrain> grain, Octave octave) : IBandNeighbours
{
    public static GrainNeighbours Of(IGrainFactory grains, string job, Octave octave) =>
        new(band => grains.GetGrain<IBandGrain>(new BandKey(job, octave.Index, band).ToString()), octave);

    public async ValueTask ReadAsync(int band, int step, Rectangle rectangle, Placement placement, CancellationToken cancellation)
    {
        foreach (var part in Parts(rectangle, valuesAColumn: 1))
        {
            var slice = await ReadSliceAsync(band, part, 6, each => each.ReadAsync(step, part.Top, part.Left, part.Height, part.Width), cancellation);
            Put(slice, part, rectangle, placement);
            slice.Return();
        }
    }

    public async ValueTask ReadGradientAsync(int band, int step, Rectangle rectangle, Memory<float> destination, CancellationToken cancellation)
    {
        foreach (var part in Parts(rectangle, valuesAColumn: 2))
        {
            var slice = await ReadSliceAsync(band, part, 12, each => each.ReadGradientAsync(step, part.Top, part.Left, part.Height, part.Width), cancellation);
            Put(slice, part, rectangle, destination.Span);
            slice.Return();
        }
    }

    public async ValueTask HandAsync(int band, int step, CoreRows rows, CancellationToken cancellation)
    {
        int rowValues = rows.Values.Length / rows.Rows;
        int fit = PixelSlice.RowsThatFit(rowValues / 3);
        for (int done = 0; done < rows.Rows; done += fit)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(fit, rows.Rows - done);
            var values = PixelSlice.Rent(count, rowValues / 3);
            rows.Values.Span.Slice(done * rowValues, count * rowValues).CopyTo(values.Span<Half>());
            await grain(band).TakeAsync(step, new HandedRows(rows.TileRow, rows.TileColumn, rows.Exponent, rows.Top + done, count, values));
            values.Return();
        }
    }

    /// <summary>Reads whole rows of the canvas after the octave's last step, [rows][3][columns].</summary>
    public async ValueTask ReadFinishedAsync(int steps, int first, int rows, Memory<short> destination, CancellationToken cancellation)
    {
        for (int row = first; row < first + rows;)
        {
            var band = octave.BandAt(octave.BandOf(row));
            int count = Math.Min(first + rows, band.End) - row;
            await ReadAsync(band.Index, steps,
                new Rectangle(row, 0, count, octave.Size.Width),
                new Placement(destination, octave.Size.Width, row - first, 1, 0, false),
                cancellation);
            row += count;
        }
    }

    /// <summary>Cuts a rectangle into what fits a slice each.</summary>
    /// <param name="valuesAColumn">16-bit values of one plane that a column takes.</param>
    private static IEnumerable<Rectangle> Parts(Rectangle rectangle, int valuesAColumn)
    {
        int columns = Math.Min(rectangle.Width, PixelSlice.MaxColumns / valuesAColumn);
        int rows = PixelSlice.RowsThatFit(columns * valuesAColumn);
        for (int top = rectangle.Top; top < rectangle.Bottom; top += rows)
            for (int left = rectangle.Left; left < rectangle.Right; left += columns)
                yield return new Rectangle(top, left, Math.Min(rows, rectangle.Bottom - top), Math.Min(columns, rectangle.Right - left));
    }

    private async ValueTask<PixelSlice> ReadSliceAsync(int band, Rectangle part, int bytesAPixel, Func<IBandGrain, Task<PixelSlice>> read, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var slice = await read(grain(band));
        return slice.Bytes == part.Height * part.Width * bytesAPixel
            ? slice
            : throw new InvalidOperationException($"band {band} of octave {octave.Index} answered with {slice.Bytes} bytes for {part}");
    }

    private static void Put(PixelSlice slice, Rectangle part, Rectangle whole, Span<float> destination)
    {
        var values = slice.Span<float>();
        for (int row = 0; row < part.Height; row++)
            for (int plane = 0; plane < 3; plane++)
                values.Slice((row * 3 + plane) * part.Width, part.Width)
                    .CopyTo(destination[(((part.Top - whole.Top + row) * 3 + plane) * whole.Width + part.Left - whole.Left)..]);
    }

    private static void Put(PixelSlice slice, Rectangle part, Rectangle whole, Placement placement)
    {
        var pixels = slice.Span<short>();
        // Mirrored columns run backwards from the placement's first column.
        int column = placement.Mirrored
            ? placement.Column + whole.Right - part.Right
            : placement.Column + part.Left - whole.Left;
        var place = placement with { Column = column };
        for (int row = 0; row < part.Height; row++)
            for (int plane = 0; plane < 3; plane++)
                place.Put(part.Top - whole.Top + row, plane, pixels.Slice((row * 3 + plane) * part.Width, part.Width));
    }
}
