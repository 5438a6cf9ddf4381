namespace DreamFarm.Dreaming.Tests;

public class TileGridTests
{
    [Theory]
    // Computed by the reference script.
    [InlineData(1, 0, 0, 512, 193, 492)]
    [InlineData(1, 3, 7, 512, 164, 224)]
    [InlineData(123456789, 2, 99, 300, 117, 104)]
    [InlineData(ulong.MaxValue, 31, 9999, 65536, 40321, 49458)]
    [InlineData(7, 0, 5, 1, 0, 0)]
    [InlineData(7, 0, 5, 0, 0, 0)]
    public void The_roll_is_the_references(ulong seed, int octave, int step, int maxRoll, int dy, int dx) =>
        Assert.Equal((dy, dx), Roll.At(seed, octave, step, maxRoll));

    public static TheoryData<int, int, int, int, int, int, int> Grids()
    {
        var data = new TheoryData<int, int, int, int, int, int, int>();
        foreach (var (height, width, tile, context, stride) in new[] { (100, 230, 64, 16, 8), (16, 16, 512, 96, 16), (512, 513, 512, 0, 4), (333, 47, 32, 32, 16) })
            foreach (var (dy, dx) in new[] { (0, 0), (1, 511), (37, 8), (511, 63) })
                data.Add(height, width, tile, context, stride, dy, dx);
        return data;
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Cores_partition_the_canvas(int height, int width, int tile, int context, int stride, int dy, int dx)
    {
        var times = new int[height, width];
        foreach (var each in new TileGrid(new(height, width), tile, context, stride, dy, dx).All())
            for (int y = each.Core.Top; y < each.Core.Bottom; y++)
                for (int x = each.Core.Left; x < each.Core.Right; x++)
                    times[y, x]++;
        Assert.All(times.Cast<int>(), count => Assert.Equal(1, count));
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Windows_share_one_stride_grid_and_hold_their_core_with_its_context_and_no_more(int height, int width, int tile, int context, int stride, int dy, int dx)
    {
        foreach (var each in new TileGrid(new(height, width), tile, context, stride, dy, dx).All())
        {
            Assert.Equal(0, (each.Window.Top + dy + context) % stride);
            Assert.Equal(0, (each.Window.Left + dx + context) % stride);
            Assert.Equal(0, each.Window.Height % stride);
            Assert.Equal(0, each.Window.Width % stride);
            Assert.InRange(each.Core.Top - each.Window.Top, context, context + stride - 1);
            Assert.InRange(each.Core.Left - each.Window.Left, context, context + stride - 1);
            Assert.InRange(each.Window.Bottom - each.Core.Bottom, context, context + stride - 1);
            Assert.InRange(each.Window.Right - each.Core.Right, context, context + stride - 1);
        }
    }

    [Fact]
    public void Inner_borders_lie_at_multiples_of_the_tile_from_minus_the_roll()
    {
        var tiles = new TileGrid(new(1000, 1000), 256, 32, 16, dy: 300, dx: 5);

        // -300 + 2 x 256 = 212, -5 + 256 = 251.
        Assert.Equal([0, 212, 468, 724, 980], Enumerable.Range(0, tiles.Rows).Select(row => tiles[row, 0].Core.Top));
        Assert.Equal([0, 251, 507, 763], Enumerable.Range(0, tiles.Columns).Select(column => tiles[0, column].Core.Left));
    }

    [Fact]
    public void A_canvas_that_fits_one_tile_is_one_window()
    {
        var tiles = new TileGrid(new(100, 120), 128, 32, 16, dy: 21, dx: 40);

        Assert.Equal(1, tiles.Count);
        Assert.Equal(new Rectangle(-5 - 32, -8 - 32, 112 + 64, 128 + 64), tiles[0, 0].Window);
    }
}
