namespace DreamFarm.Dreaming.Tests;

public class PixelsTests
{
    [Fact]
    public void Values_go_to_the_nearest_grid_point_half_to_even_and_never_outside()
    {
        float[] values = [-2f, -1f, -0.5f, 0f, 0.5f / 32767, 1.5f / 32767, 2.5f / 32767, 1f, 7f];
        var grid = new short[values.Length];

        CanvasGrid.Round(values, grid);

        Assert.Equal([-32767, -32767, -16384, 0, 0, 2, 2, 32767, 32767], grid);
    }

    [Fact]
    public void Every_grid_value_survives_the_way_to_float_and_back()
    {
        short[] grid = [.. Enumerable.Range(-32767, 65535).Select(k => (short)k)];
        var values = new float[grid.Length];
        var again = new short[grid.Length];

        CanvasGrid.ToFloat(grid, values);
        CanvasGrid.Round(values, again);

        Assert.Equal(grid, again);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(1003)]
    public void Sums_follow_their_sixteen_lanes_to_the_last_bit(int count)
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-6, 6)))];
        var lanes = new Moments[16];
        for (int i = 0; i < values.Length; i++)
            lanes[i % 16] += new Moments(values[i], (double)values[i] * values[i]);
        var expected = lanes.Skip(1).Aggregate(lanes[0], (sum, lane) => sum + lane);

        Assert.Equal(expected, FixedLaneSums.Of(values));
    }

    [Fact]
    public void The_standard_deviation_is_the_populations()
    {
        Assert.Equal(Math.Sqrt(1.25), FixedLaneSums.Of([1, 2, 3, 4]).StandardDeviation(4), 15);
        Assert.Equal(0, FixedLaneSums.Of([3, 3, 3]).StandardDeviation(3));
    }
}
