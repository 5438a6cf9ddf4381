using System.Globalization;

namespace DreamFarm.Dreaming.Tests;

/// <summary>Channels that are chosen by what is on the canvas.</summary>
public class ChannelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly DreamSpec Spec = Specs.Of(100, 80) with { Tile = 16, Octaves = 3, Steps = 2, MaxRoll = 50 };

    [Fact]
    public async Task What_is_measured_does_not_depend_on_who_answers_first()
    {
        var once = new Chooser();
        var again = new Chooser();
        await DreamAsync(Spec, once, new DreamTests.Laplacian());
        await DreamAsync(Spec, again, new DreamTests.Laplacian { Delay = new Random(5) });

        Assert.Equal(3, once.Measured.Count);
        Assert.Equal(once.Measured, again.Measured);
    }

    [Fact]
    public async Task Every_pixel_of_the_canvas_counts_once_whatever_the_tiles()
    {
        var tiled = new Chooser(octaves: 1);
        var whole = new Chooser(octaves: 1);
        await DreamAsync(Spec, tiled, new Constant());
        await DreamAsync(Spec with { Tile = 512 }, whole, new Constant());

        double pixels = Plan.Create(Spec, out _)!.Octaves[0].Size.Pixels;
        Assert.Equal([pixels, 2 * pixels, 3 * pixels], tiled.Measured[0]);
        Assert.Equal(tiled.Measured[0], whole.Measured[0]);
    }

    [Fact]
    public async Task An_octave_is_dreamt_with_what_was_chosen_as_it_began_and_one_that_is_not_measured_with_what_was_before()
    {
        var chooser = new Chooser(octaves: 2);
        var source = new DreamTests.Laplacian();
        var seen = new List<string>();
        await DreamAsync(Spec, chooser, new Listening(source, seen));

        Assert.Equal(2, chooser.Measured.Count);
        Assert.Equal([null, "octave 0", "octave 1"], chooser.Before);
        Assert.Equal(["octave 0", "octave 1", "octave 1 kept"], seen.Distinct());
    }

    [Fact]
    public async Task A_dream_that_goes_on_within_an_octave_keeps_its_channels_and_measures_only_the_next()
    {
        var plan = Plan.Create(Spec, bandPixels: 1, out _)!;
        var original = new DreamTests.Picture(Spec.Input);
        var chooser = new Chooser();
        var seen = new List<string>();
        using var canvas = new LocalCanvas(plan, original, new Listening(new DreamTests.Laplacian(), seen));
        await canvas.OpenAsync(plan.Octaves[0], Cancellation);
        await canvas.GradientAsync(plan.Octaves[0], 0, "before the pause", Cancellation);
        await canvas.AscendAsync(plan.Octaves[0], 0, new StepScales([], 1), Cancellation);
        seen.Clear();

        await new Dream(plan, canvas, chooser).RunAsync(new Position(0, 1), "before the pause", _ => { }, Cancellation);

        Assert.Equal(["before the pause", "octave 1", "octave 2"], seen.Distinct());
        Assert.Equal(["before the pause", "octave 1"], chooser.Before);
    }

    [Fact]
    public async Task Without_its_channels_a_dream_does_not_go_on_within_an_octave()
    {
        var plan = Plan.Create(Spec, out _)!;
        using var canvas = new LocalCanvas(plan, new DreamTests.Picture(Spec.Input), new DreamTests.Laplacian());
        await Assert.ThrowsAsync<InvalidOperationException>(() => new Dream(plan, canvas, new Chooser()).RunAsync(new Position(1, 1), null, _ => { }, Cancellation));
    }

    [Fact]
    public async Task That_channels_are_measured_is_told_before_and_after()
    {
        var plan = Plan.Create(Spec, out _)!;
        var told = new List<(int, bool)>();
        using var canvas = new LocalCanvas(plan, new DreamTests.Picture(Spec.Input), new DreamTests.Laplacian());
        await new Dream(plan, canvas, new Chooser(octaves: 2), (octave, measuring) => told.Add((octave.Index, measuring))).RunAsync(_ => told.Add((-1, false)), Cancellation);

        // Two steps an octave; the last one is not measured.
        Assert.Equal([(0, true), (0, false), (-1, false), (-1, false), (1, true), (1, false), .. Enumerable.Repeat((-1, false), 4)], told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_measurement_that_fails_or_is_cancelled_is_told_to_be_over(bool cancelled)
    {
        var plan = Plan.Create(Spec, out _)!;
        var told = new List<bool>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var canvas = new LocalCanvas(plan, new DreamTests.Picture(Spec.Input), new Failing());
        var dream = new Dream(plan, canvas, new Chooser(), (_, measuring) =>
        {
            told.Add(measuring);
            if (cancelled)
                stop.Cancel();
        });
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => dream.RunAsync(_ => { }, stop.Token));

        Assert.Equal(cancelled, failure is OperationCanceledException);
        Assert.Equal([true, false], told);
    }

    private static async Task DreamAsync(DreamSpec spec, IOctaveObjectives objectives, IGradientSource source)
    {
        var plan = Plan.Create(spec, bandPixels: 1, out _)!;
        using var canvas = new LocalCanvas(plan, new DreamTests.Picture(spec.Input), source);
        await new Dream(plan, canvas, objectives).RunAsync(_ => { }, Cancellation);
    }

    /// <summary>Measures in the first octaves and writes down what it was given.</summary>
    private sealed class Chooser(int octaves = int.MaxValue) : IOctaveObjectives
    {
        public List<double[]> Measured { get; } = [];

        public List<string?> Before { get; } = [];

        public IReadOnlyList<MeasuredLayer> Measures(Octave octave) => octave.Index < octaves ? [new MeasuredLayer("a", 1), new MeasuredLayer("b", 2)] : [];

        public string Choose(Octave octave, string? before, ReadOnlySpan<double> sums)
        {
            Before.Add(before);
            if (octave.Index >= octaves)
            {
                Assert.Equal(0, sums.Length);
                return $"{before} kept";
            }
            Measured.Add(sums.ToArray());
            return string.Create(CultureInfo.InvariantCulture, $"octave {octave.Index}");
        }
    }

    /// <summary>Writes down what gradients are asked of.</summary>
    private sealed class Listening(IGradientSource source, List<string> seen) : IGradientSource
    {
        public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
        {
            lock (seen)
                seen.Add(request.Objective);
            return source.ComputeAsync(request, cancellation);
        }

        public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
            source.MeasureAsync(request, layers, cancellation);
    }

    /// <summary>Cannot measure.</summary>
    private sealed class Failing : IGradientSource
    {
        public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new GradientException("the network cannot be measured");
        }
    }

    /// <summary>A pixel of the core counts 1, 2 and 3 in the three channels.</summary>
    private sealed class Constant : IGradientSource
    {
        private readonly DreamTests.Laplacian _gradients = new();

        public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation) => _gradients.ComputeAsync(request, cancellation);

        public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
        {
            double pixels = request.Tile.Core.Height * request.Tile.Core.Width;
            return Task.FromResult<double[]>([pixels, 2 * pixels, 3 * pixels]);
        }
    }
}
