namespace DreamFarm.Engine.Tests;

public sealed class CellSumTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(5, true)]
    [InlineData(8, false)]
    [InlineData(1003, true)]
    [InlineData(1003, false)]
    public void Eight_lanes_are_added_in_the_stated_order_to_the_last_bit(int count, bool squared)
    {
        var random = new Random(7);
        double[] wide = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-8, 8)))];
        float[] narrow = [.. wide.Select(value => (float)value)];
        Assert.Equal(InOrder([.. narrow.Select(value => (double)value)], squared), CellSum.Of<float>(narrow, squared));
        Assert.Equal(InOrder(wide, squared), CellSum.Of<double>(wide, squared));
    }

    private static double InOrder(double[] values, bool squared)
    {
        var lanes = new double[8];
        for (int i = 0; i < values.Length; i++)
        {
            double term = squared ? values[i] * values[i] : values[i];
            lanes[i % 8] += term;
        }

        return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
}
