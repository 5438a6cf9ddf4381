namespace DreamFarm.Dreaming.Tests;

public class PixelGoldensTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => [.. GoldenCase.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Terms_and_filters_are_those_of_pytorch_on_the_whole_canvas(string name)
    {
        var golden = GoldenCase.Load(name);

        var walked = await WalkAsync(golden.Spec, bandRows: golden.Spec.Output.Height);

        Assert.Equal(golden.Penalty, walked.Penalty, Math.Abs(golden.Penalty) * 1e-6);
        Assert.Equal(golden.Levels.Length, walked.Scales.Levels.Count);
        foreach (var (expected, found) in golden.Levels.Zip(walked.Scales.Levels))
            Assert.Equal(expected, found, expected * 1e-5);
        double error = Math.Sqrt(golden.Gradient.Zip(walked.Gradient, (a, b) => ((double)a - b) * (a - b)).Sum() / golden.Gradient.Sum(a => (double)a * a));
        Assert.True(error < 1e-6, $"relative L2 error {error:g3}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Bands_of_five_rows_give_the_bits_of_one(string name)
    {
        // Narrower than any filter looks.
        var spec = GoldenCase.Load(name).Spec;

        var one = await WalkAsync(spec, bandRows: spec.Output.Height);
        var many = await WalkAsync(spec, bandRows: 5);

        Assert.Equal(one.Scales.Levels, many.Scales.Levels);
        Assert.Equal(one.Penalty, many.Penalty);
        Assert.Equal(one.Gradient, many.Gradient);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_step_reports_the_penalty_and_divides_by_the_normalisers_measure(string name)
    {
        var golden = GoldenCase.Load(name);
        foreach (var (normaliser, scale) in new[] { (Normaliser.StandardDeviation, golden.StandardDeviation), (Normaliser.MeanMagnitude, golden.MeanMagnitude) })
        {
            var spec = golden.Spec with { Normaliser = normaliser, Steps = 1, Tile = 8, StepSize = 0.05, MaxRoll = 30 };
            var plan = Plan.Create(spec, bandPixels: 1, out _)!;
            short[] before = GoldenCase.Canvas(spec.Output);
            using var canvas = new LoadedCanvas(plan, new DreamTests.Picture(spec.Input), new Field(GoldenCase.Merged(spec.Output)), default, before);
            StepReport? step = null;

            await new Dream(plan, new OpenedCanvas(canvas)).RunAsync(report => step = report, Cancellation);

            Assert.Equal(scale, step!.Scale, scale * 1e-5);
            // Every core says that it adds one a pixel.
            Assert.Equal(spec.Output.Pixels - golden.Penalty, step.Loss, 1e-6);
            short[] after = canvas.Pixels();
            for (int i = 0; i < after.Length; i++)
            {
                double expected = Math.Clamp(before[i] + 32767 * 0.05 * golden.Gradient[i] / (scale + 1e-8), -32767, 32767);
                Assert.True(Math.Abs(after[i] - expected) < 0.6, $"value {i} is {after[i]}, not {expected}");
            }
        }
    }

    [Theory]
    [InlineData(Boundary.Wrap)]
    [InlineData(Boundary.Reflect)]
    public async Task The_terms_gradient_is_the_slope_of_what_they_report(Boundary boundary)
    {
        var spec = Specs.Of(16, 17) with { TotalVariation = 0.7, Distance = 0.2, Boundary = boundary };
        short[] canvas = GoldenCase.Canvas(spec.Output);
        // Without a network the gradient is that of minus the penalty.
        var here = await WalkAsync(spec, bandRows: 6, canvas, merged: new float[canvas.Length]);
        double largest = here.Gradient.Max(Math.Abs);

        // The corners and edges, where the boundary counts, and some others.
        foreach (int row in (int[])[0, 1, 7, 14, 15])
        {
            foreach (int column in (int[])[0, 1, 8, 15, 16])
            {
                const int nudge = 4;
                int i = (row * 3 + 1) * 17 + column;
                double up = await PenaltyAsync(nudge), down = await PenaltyAsync(-nudge);
                Assert.Equal(-(up - down) * 32767 / (2 * nudge), here.Gradient[i], largest * 1e-4);

                async Task<double> PenaltyAsync(int by)
                {
                    short[] nudged = [.. canvas];
                    nudged[i] += (short)by;
                    return (await WalkAsync(spec, bandRows: 6, nudged)).Penalty;
                }
            }
        }
    }

    [Fact]
    public async Task A_level_that_is_empty_stays_so()
    {
        // The same everywhere: all of it is in the coarsest level.
        var spec = Specs.Of(20, 20) with { Filter = new LaplacianFilter(2) };

        var walked = await WalkAsync(spec, bandRows: 20, merged: [.. Enumerable.Repeat(3f, 20 * 3 * 20)]);
        var nothing = await WalkAsync(spec, bandRows: 20, merged: new float[20 * 3 * 20]);

        Assert.Equal([0, 0, 3], walked.Scales.Levels);
        Assert.All(walked.Gradient, value => Assert.Equal(1, value, 1e-6f));
        Assert.All(nothing.Gradient, value => Assert.Equal(0, value));
    }

    /// <summary>Lets every band of some rows walk as a step does.</summary>
    private static async Task<(float[] Gradient, StepScales Scales, double Penalty)> WalkAsync(
        DreamSpec spec, int bandRows, short[]? canvas = null, float[]? merged = null)
    {
        var size = spec.Output;
        var octave = Plan.Create(spec, out string? problem) is { } plan ? plan.Octaves[0] : throw new InvalidOperationException(problem);
        canvas ??= GoldenCase.Canvas(size);
        merged ??= [.. GoldenCase.Merged(size).Select(value => value * MathF.ScaleB(1, -20))];
        int length = 3 * size.Width;
        var original = new DreamTests.Picture(spec.Input);
        var gradient = new float[merged.Length];
        var penalties = new double[size.Height];
        var scales = StepScales.None;
        for (bool done = false; !done;)
        {
            int levels = RowFigures.Next(spec, scales).Levels;
            var squares = new double[levels, size.Height];
            for (int top = 0; top < size.Height; top += bandRows)
            {
                var band = new Band(0, top, Math.Min(bandRows, size.Height - top));
                using var halo = new BandHalo(spec, octave, band);
                await halo.FetchAsync(original,
                    (first, rows, to, _) => Copy(canvas, first, rows, to),
                    (first, rows, to, _) => Copy(merged, first, rows, to), Cancellation);
                await new GradientWalk(spec, octave, band, original, halo)
                {
                    ReadGradient = (row, to) => merged.AsSpan(row * length, length).CopyTo(to),
                    ReadCanvas = (row, to) => CanvasGrid.ToFloat(canvas.AsSpan(row * length, length), to),
                }.RunAsync(scales,
                    (row, values) => values.CopyTo(gradient.AsSpan(row * length)),
                    (level, row, sum) => squares[level, row] += sum,
                    (row, penalty) => penalties[row] = penalty, Cancellation);
            }
            done = levels == 0;
            if (!done)
            {
                scales = scales with
                {
                    Levels = [.. Enumerable.Range(0, levels).Select(level =>
                    {
                        double sum = 0;
                        for (int row = 0; row < size.Height; row++)
                            sum += squares[level, row];
                        int unit = 1 << level;
                        return Math.Sqrt(sum / (3 * ((size.Height + unit - 1) / unit) * ((size.Width + unit - 1) / unit)));
                    })],
                };
            }
        }
        return (gradient, scales, penalties.Sum());

        ValueTask Copy<T>(T[] from, int first, int rows, Memory<T> to)
        {
            from.AsSpan(first * length, rows * length).CopyTo(to.Span);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A gradient that does not depend on the canvas.</summary>
    private sealed class Field(float[] values) : IGradientSource
    {
        public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
        {
            var core = request.Tile.Core;
            var result = new NativePixels<Half>(request.Tile.Shape.CoreValues);
            int width = request.Octave.Size.Width;
            for (int i = 0; i < request.Tile.Shape.CoreValues; i++)
            {
                int line = core.Top * 3 + i / core.Width;
                result.Span[i] = (Half)values[line * width + core.Left + i % core.Width];
            }
            return Task.FromResult(new CoreGradient(result, request.Tile.Shape.CoreValues, -20, (double)core.Height * core.Width));
        }

        public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
            throw new NotSupportedException("a field has no channels");
    }

    /// <summary>Keeps the canvas that it was loaded with.</summary>
    private sealed class OpenedCanvas(ICanvas canvas) : ICanvas
    {
        public Task OpenAsync(Octave octave, CancellationToken cancellation) => Task.CompletedTask;

        public Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
            canvas.SumChannelsAsync(octave, layers, cancellation);

        public Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation) =>
            canvas.GradientAsync(octave, step, objective, cancellation);

        public Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
            canvas.MeasureAsync(octave, step, scales, cancellation);

        public Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation) =>
            canvas.AscendAsync(octave, step, scales, cancellation);
    }
}
