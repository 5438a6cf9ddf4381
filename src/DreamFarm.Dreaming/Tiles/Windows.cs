namespace DreamFarm.Dreaming;

/// <summary>Cuts windows out of a canvas that lies in bands.</summary>
internal static class Windows
{
    /// <summary>Reads a rectangle that lies within one band and puts it where the placement says.</summary>
    public delegate ValueTask ReadRectangle(int band, Rectangle rectangle, Placement placement, CancellationToken cancellation);

    /// <summary>Fills <paramref name="window"/> with the tile's window; what lies outside the image is the boundary extension.</summary>
    public static async ValueTask CutAsync(Octave octave, Boundary boundary, Rectangle bounds, Memory<short> window, ReadRectangle read, CancellationToken cancellation)
    {
        var columns = BoundaryRun.Cover(bounds.Left, bounds.Width, octave.Size.Width, boundary);
        foreach (var rows in BoundaryRun.Cover(bounds.Top, bounds.Height, octave.Size.Height, boundary))
        {
            for (int done = 0; done < rows.Length;)
            {
                int top = rows.Canvas + done;
                var band = octave.BandAt(octave.BandOf(top));
                int count = Math.Min(rows.Length - done, band.End - top);
                int row = rows.Mirrored ? rows.Window + rows.Length - 1 - done : rows.Window + done;
                foreach (var column in columns)
                {
                    await read(band.Index,
                        new Rectangle(top, column.Canvas, count, column.Length),
                        new Placement(window, bounds.Width, row, rows.Mirrored ? -1 : 1, column.Window, column.Mirrored),
                        cancellation);
                }
                done += count;
            }
        }
    }
}
