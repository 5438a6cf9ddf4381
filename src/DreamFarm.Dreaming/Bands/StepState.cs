namespace DreamFarm.Dreaming;

/// <summary>Which rows of a band have the gradient of which column of tiles in one step, and its exponents.</summary>
internal sealed class StepState
{
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _exponents;
    private readonly byte[] _claimed;
    private int _missing;

    public StepState(int step, TileGrid tiles, Band band)
    {
        Step = step;
        Tiles = tiles;
        _missing = band.Rows * tiles.Columns;
        _exponents = new int[_missing];
        _claimed = new byte[_missing];
    }

    public int Step { get; }

    public TileGrid Tiles { get; }

    /// <summary>Completes when every pixel of the band has its gradient.</summary>
    public Task Filled => _filled.Task;

    public int Exponent(int row, int tileColumn) => _exponents[row * Tiles.Columns + tileColumn];

    /// <summary>True for the first who brings this row of this column of tiles.</summary>
    public bool Claim(int row, int tileColumn, int exponent)
    {
        int index = row * Tiles.Columns + tileColumn;
        if (Interlocked.Exchange(ref _claimed[index], 1) != 0)
            return false;
        _exponents[index] = exponent;
        return true;
    }

    /// <summary>A claimed row is in its place.</summary>
    public void Put()
    {
        if (Interlocked.Decrement(ref _missing) == 0)
            _filled.SetResult();
    }
}
