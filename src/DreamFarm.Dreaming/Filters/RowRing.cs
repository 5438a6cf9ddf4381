namespace DreamFarm.Dreaming;

/// <summary>The last few of consecutive rows. Rows that never came are zero.</summary>
internal sealed class RowRing(int rows, int length) : IDisposable
{
    private readonly NativePixels<float> _values = new(rows * length);

    /// <param name="row">Any row; rows that are a multiple of the ring's length apart share one place.</param>
    public Span<float> this[int row]
    {
        get
        {
            int place = row % rows;
            return _values.Span.Slice((place < 0 ? place + rows : place) * length, length);
        }
    }

    public void Dispose() => ((IDisposable)_values).Dispose();
}
