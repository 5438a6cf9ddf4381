namespace DreamFarm.Dreaming;

/// <summary>One scale of the image pyramid, as planned.</summary>
public sealed class Octave
{
    private readonly DreamSpec _spec;

    internal Octave(int index, Size size, DreamSpec spec, int bandRows)
    {
        Index = index;
        Size = size;
        _spec = spec;
        BandRows = bandRows;
        Tile = AutomaticTile.Resolve(spec, size);
    }

    /// <summary>0 for the smallest.</summary>
    public int Index { get; }

    /// <summary>Size of the canvas, pixels.</summary>
    public Size Size { get; }

    /// <summary>Side of a tile's core, pixels.</summary>
    public int Tile { get; }

    /// <summary>Rows of every band but the last, which has what is left.</summary>
    public int BandRows { get; }

    /// <summary>How many bands the canvas lies in.</summary>
    public int Bands => (Size.Height + BandRows - 1) / BandRows;

    /// <summary>A window that no window of any step exceeds on either side, pixels.</summary>
    public Size LargestWindow => new(LargestSide(Size.Height), LargestSide(Size.Width));

    /// <summary>The rows of a band.</summary>
    public Band BandAt(int index) => new(index, index * BandRows, Math.Min(BandRows, Size.Height - index * BandRows));

    /// <summary>The band that holds a row.</summary>
    public int BandOf(int row) => row / BandRows;

    /// <summary>The tiles of one step, under its roll.</summary>
    public TileGrid TilesAt(int step)
    {
        var (dy, dx) = Roll.At(_spec.Seed, Index, step, _spec.MaxRoll);
        return new TileGrid(Size, Tile, _spec.Context, _spec.Stride, dy, dx);
    }

    private int LargestSide(int size)
    {
        int core = Math.Min(Tile, size);
        // A core that begins inside a stride cell needs that whole cell, and so at its end.
        return (core + 2 * (_spec.Stride - 1)) / _spec.Stride * _spec.Stride + 2 * _spec.Context;
    }
}

/// <summary>Consecutive rows of the canvas with one owner.</summary>
/// <param name="Index">0 for the topmost.</param>
/// <param name="Top">First row.</param>
/// <param name="Rows">Number of rows.</param>
public readonly record struct Band(int Index, int Top, int Rows)
{
    /// <summary>The row behind the last.</summary>
    public int End => Top + Rows;
}
