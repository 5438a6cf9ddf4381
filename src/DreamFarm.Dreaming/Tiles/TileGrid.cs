namespace DreamFarm.Dreaming;

/// <summary>
/// The tiles of one step. Cores partition the canvas; their borders lie at <c>-dy + i*T</c> and <c>-dx + j*T</c>. All
/// windows start on one stride grid anchored at (-dy, -dx), so that together they are one evaluation of the network.
/// </summary>
public sealed class TileGrid
{
    private readonly Axis[] _rows;
    private readonly Axis[] _columns;

    /// <param name="canvas">Size of the octave's canvas, pixels.</param>
    /// <param name="tile">Side of a core, pixels; a multiple of the stride.</param>
    /// <param name="context">Pixels around a core; a multiple of the stride.</param>
    /// <param name="stride">The grid that all windows share, pixels.</param>
    /// <param name="dy">The roll, rows; at least 0.</param>
    /// <param name="dx">The roll, columns; at least 0.</param>
    public TileGrid(Size canvas, int tile, int context, int stride, int dy, int dx)
    {
        Canvas = canvas;
        _rows = Split(canvas.Height, tile, context, stride, dy);
        _columns = Split(canvas.Width, tile, context, stride, dx);
    }

    /// <summary>Size of the octave's canvas, pixels.</summary>
    public Size Canvas { get; }

    /// <summary>Rows of tiles.</summary>
    public int Rows => _rows.Length;

    /// <summary>Columns of tiles.</summary>
    public int Columns => _columns.Length;

    /// <summary>Rows x columns.</summary>
    public int Count => _rows.Length * _columns.Length;

    /// <summary>The tile at a row and a column of the grid.</summary>
    public Tile this[int row, int column]
    {
        get
        {
            Axis y = _rows[row], x = _columns[column];
            return new Tile(row, column,
                new Rectangle(y.Core, x.Core, y.CoreLength, x.CoreLength),
                new Rectangle(y.Window, x.Window, y.WindowLength, x.WindowLength));
        }
    }

    /// <summary>The row of tiles whose cores hold a row of the canvas.</summary>
    public int TileRowOf(int canvasRow) => Holder(_rows, canvasRow);

    /// <summary>The column of tiles whose cores hold a column of the canvas.</summary>
    public int TileColumnOf(int canvasColumn) => Holder(_columns, canvasColumn);

    private static int Holder(Axis[] axes, int pixel)
    {
        int index = 0;
        while (axes[index].Core + axes[index].CoreLength <= pixel)
            index++;
        return index;
    }

    private readonly record struct Axis(int Core, int CoreLength, int Window, int WindowLength);

    private static Axis[] Split(int size, int tile, int context, int stride, int shift)
    {
        // A side that fits one tile is not cut: a cut would cost context and gain nothing.
        int phase = shift % stride;
        int first = size <= tile ? 0 : -(shift % tile);
        int step = size <= tile ? size : tile;
        var axes = new List<Axis>();
        for (int border = first; border < size; border += step)
        {
            int begin = Math.Max(border, 0), end = Math.Min(border + step, size);
            if (end <= begin)
                continue;
            // The stride cells that the core needs, and context around them.
            int windowBegin = FloorTo(begin + phase, stride) - phase - context;
            int windowEnd = FloorTo(end + phase + stride - 1, stride) - phase + context;
            axes.Add(new Axis(begin, end - begin, windowBegin, windowEnd - windowBegin));
        }
        return [.. axes];
    }

    // For value >= 0.
    private static int FloorTo(int value, int multiple) => value / multiple * multiple;
}
