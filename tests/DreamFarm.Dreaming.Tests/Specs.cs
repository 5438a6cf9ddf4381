namespace DreamFarm.Dreaming.Tests;

internal static class Specs
{
    /// <summary>An output of the input's size, a stride of 8 and a context of 16.</summary>
    public static DreamSpec Of(int height, int width) =>
        new() { Input = new(height, width), Output = new(height, width), Stride = 8, Context = 16 };

    public static IEnumerable<Tile> All(this TileGrid tiles)
    {
        for (int row = 0; row < tiles.Rows; row++)
            for (int column = 0; column < tiles.Columns; column++)
                yield return tiles[row, column];
    }
}
