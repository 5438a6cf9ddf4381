namespace DreamFarm.Dreaming.Tests;

public class ResumeTests
{
    [Theory]
    [InlineData(OctaveMode.Detail, false)]
    [InlineData(OctaveMode.Upscale, false)]
    [InlineData(OctaveMode.Detail, true)]
    public async Task A_dream_that_goes_on_after_any_step_has_the_bits_of_one_that_never_stopped(OctaveMode mode, bool withTermsAndFilter)
    {
        var spec = Specs.Of(100, 80) with { Tile = 16, Octaves = 3, Steps = 3, OctaveMode = mode, MaxRoll = 50 };
        if (withTermsAndFilter)
            spec = spec with { TotalVariation = 1e5, Distance = 1e5, Filter = new GaussianFilter(0.5), Normaliser = Normaliser.MeanMagnitude };
        var plan = Plan.Create(spec, bandPixels: 1, out _)!;
        var original = new DreamTests.Picture(spec.Input);
        Assert.All(plan.Octaves, octave => Assert.True(octave.Bands > 1));
        var states = new Dictionary<Position, short[]>();
        var whole = new List<StepReport>();
        using (var canvas = new LocalCanvas(plan, original, new DreamTests.Laplacian()))
        {
            await new Dream(plan, canvas).RunAsync(report =>
            {
                whole.Add(report);
                var pixels = new short[3 * report.Octave.Size.Pixels];
                canvas.ReadRows(report.Octave, 0, report.Octave.Size.Height, pixels);
                states.Add(new Position(report.Octave.Index, report.Step + 1), pixels);
            }, TestContext.Current.CancellationToken);
        }
        short[] expected = states[new Position(2, 3)];
        Assert.Equal(9, states.Count);

        foreach (var (position, pixels) in states)
        {
            using var canvas = new LoadedCanvas(plan, original, new DreamTests.Laplacian(), position, pixels);
            var reports = new List<StepReport>();
            await new Dream(plan, canvas).RunAsync(position, null, reports.Add, TestContext.Current.CancellationToken);
            Assert.Equal(whole.Skip(3 * position.Octave + position.Steps).Select(Figures), reports.Select(Figures));
            Assert.True(expected.AsSpan().SequenceEqual(canvas.Pixels()), $"from {position}");
        }
    }

    [Fact]
    public void Positions_stand_in_the_order_of_the_dream_and_know_the_work_before_them()
    {
        var plan = Plan.Create(Specs.Of(100, 80) with { Octaves = 3, Steps = 3 }, out _)!;
        Assert.Equal([new(0, 0), new(0, 3), new(1, 1), new(2, 0)], new Position[] { new(2, 0), new(1, 1), new(0, 3), new(0, 0) }.Order());
        Assert.Equal(0, plan.PixelStepsBefore(default));
        Assert.Equal(3 * plan.Octaves[0].Size.Pixels + 2 * plan.Octaves[1].Size.Pixels, plan.PixelStepsBefore(new Position(1, 2)));
        Assert.Equal(plan.PixelSteps, plan.PixelStepsBefore(new Position(2, 3)));
    }

    private static (int, int, double, double) Figures(StepReport report) => (report.Octave.Index, report.Step, report.Loss, report.Scale);
}
