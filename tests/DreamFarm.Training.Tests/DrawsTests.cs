namespace DreamFarm.Training.Tests;

public sealed class DrawsTests
{
    [Fact]
    public void A_stream_is_repeatable_and_no_other_is_like_it()
    {
        static ulong[] Of(Draws draws) => [.. Enumerable.Range(0, 4).Select(_ => draws.Next())];
        Assert.Equal(Of(new Draws(7, 1, 2)), Of(new Draws(7, 1, 2)));
        var streams = new[] { new Draws(7), new Draws(8), new Draws(7, 1), new Draws(7, 1, 2), new Draws(7, 2, 1) }.SelectMany(Of).ToArray();
        Assert.Equal(streams.Length, streams.Distinct().Count());
    }

    [Fact]
    public void Numbers_have_the_range_mean_and_deviation_they_are_said_to_have()
    {
        const int count = 100_000;
        var draws = new Draws(1);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(draws.Uniform(-2, 3), -2, 3));
        Assert.Equal([-1, 0, 1, 2], Enumerable.Range(0, 1000).Select(_ => draws.Integer(-1, 2)).Distinct().Order());
        Assert.Equal(0.3, Enumerable.Range(0, count).Count(_ => draws.Chance(0.3f)) / (double)count, 0.01);

        var noise = new float[count + 1];
        draws.AddNoise(noise, 2);
        double[] normal = [.. Enumerable.Range(0, count).Select(_ => (double)draws.Normal())];
        Assert.Equal((0.0, 1.0), (Math.Round(normal.Average(), 1), Math.Round(normal.Average(x => x * x), 1)));
        Assert.Equal((0.0, 4.0), (Math.Round(noise.Average(), 1), Math.Round(noise.Average(x => (double)x * x), 1)));
    }
}
