namespace DreamFarm.Dreaming;

/// <summary>Rows of the canvas with their boundary extension at the left and the right.</summary>
/// <param name="before">Columns at the left.</param>
/// <param name="length">Columns of an extended row.</param>
internal sealed class RowExtension(int width, int before, int length, Boundary boundary)
{
    private readonly List<BoundaryRun> _runs = BoundaryRun.Cover(-before, length, width, boundary);

    /// <param name="row">[3][width].</param>
    /// <param name="extended">[3][length].</param>
    public void Extend(ReadOnlySpan<float> row, Span<float> extended)
    {
        foreach (var run in _runs)
        {
            for (int plane = 0; plane < 3; plane++)
            {
                var place = extended.Slice(plane * length + run.Window, run.Length);
                row.Slice(plane * width + run.Canvas, run.Length).CopyTo(place);
                if (run.Mirrored)
                    place.Reverse();
            }
        }
    }
}
