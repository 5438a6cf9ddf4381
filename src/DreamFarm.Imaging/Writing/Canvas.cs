namespace DreamFarm.Imaging;

/// <summary>The canvas that is being written, as its rows are delivered.</summary>
internal sealed class Canvas(int width, int height, CanvasRowReader reader)
{
    // Enough for the rows' source and the encoder to work side by side, little beside an image.
    private const int StripValues = 2 << 20;

    public int Width => width;

    public int Height => height;

    /// <summary>Rows that are read at a time.</summary>
    public int StripRows { get; } = Math.Clamp(StripValues / (3 * width), 1, height);

    /// <summary>Whether the rows' source has thrown, so that what it threw is not taken for an error of the output.</summary>
    public bool Failed { get; private set; }

    public async ValueTask ReadRowsAsync(int first, Memory<short> rows, CancellationToken cancellationToken)
    {
        try
        {
            await reader(first, rows, cancellationToken);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            Failed = true;
            throw;
        }
    }
}
