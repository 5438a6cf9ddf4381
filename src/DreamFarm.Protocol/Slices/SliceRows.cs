namespace DreamFarm.Protocol;

/// <summary>How rows are dealt out to slices.</summary>
internal static class SliceRows
{
    /// <summary>A slice never has more data than this, bytes.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>
    /// What a slice aims at, bytes: large enough that a message's own cost does not count, small enough that the array
    /// that a receiver's parser makes of it is no large object (85,000 bytes).
    /// </summary>
    private const int UsualBytes = 64 << 10;

    /// <summary>Rows of every slice but the last.</summary>
    public static int PerSlice(int rowBytes) => Math.Max(1, UsualBytes / rowBytes);

    /// <summary>Why a slice cannot come next, or null.</summary>
    public static string? FindProblem(int firstRow, int rows, int dataBytes, int nextRow, int height, int rowBytes)
    {
        if (firstRow != nextRow)
            return $"a slice begins at row {firstRow} where row {nextRow} is due";
        if (rows < 1 || rows > height - firstRow)
            return $"a slice has {rows} rows from row {firstRow} of {height}";
        if (dataBytes > MostBytes)
            return $"a slice has {dataBytes} bytes; {MostBytes} are the most";
        if (dataBytes != (long)rows * rowBytes)
            return $"a slice of {rows} rows has {dataBytes} bytes where {(long)rows * rowBytes} are due";
        return null;
    }
}
