using System.Buffers;

namespace DreamFarm.Dreaming.Tests;

public class DreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Boundary.Wrap)]
    [InlineData(Boundary.Reflect)]
    public async Task A_step_in_tiles_and_bands_is_the_step_on_the_whole_canvas(Boundary boundary)
    {
        var spec = Specs.Of(90, 130) with { Tile = 32, Boundary = boundary, Steps = 3, StepSize = 0.05, MaxRoll = 100 };

        var (canvas, reports) = await DreamAsync(spec, bandPixels: 1);

        // The same three steps without tiles: gradient, deviation, ascent over all pixels.
        var whole = Picture.Canvas(90, 130);
        for (int step = 0; step < 3; step++)
        {
            var gradient = Laplacian.OfWholeCanvas(whole, 90, 130, boundary);
            double mean = gradient.Average(g => (double)g);
            float deviation = (float)Math.Sqrt(gradient.Average(g => (g - mean) * (g - mean)));
            Assert.Equal(deviation, reports[step].Scale, deviation * 1e-6);
            for (int i = 0; i < whole.Length; i++)
            {
                float value = whole[i] / 32767f + (float)spec.StepSize * gradient[i] / ((float)reports[step].Scale + 1e-8f);
                whole[i] = (short)MathF.Round(Math.Clamp(value, -1, 1) * 32767, MidpointRounding.ToEven);
            }
        }
        Assert.Equal(whole, canvas);
    }

    [Fact]
    public async Task The_bands_change_no_bit()
    {
        var spec = Specs.Of(100, 80) with { Tile = 16, Octaves = 3, Steps = 2 };

        var (one, oneReports) = await DreamAsync(spec, bandPixels: int.MaxValue / 4);
        var (many, manyReports) = await DreamAsync(spec, bandPixels: 1);

        Assert.Equal(one, many);
        Assert.Equal(oneReports.Select(Figures), manyReports.Select(Figures));
    }

    [Theory]
    [InlineData(Boundary.Wrap, 0, 2)]
    [InlineData(Boundary.Reflect, 2.5, 0)]
    [InlineData(Boundary.Reflect, 0, 2)]
    [InlineData(Boundary.Wrap, 0, 0)]
    public async Task The_bands_change_no_bit_of_a_dream_with_terms_and_filter(Boundary boundary, double sigma, int levels)
    {
        var spec = Specs.Of(601, 41) with
        {
            Tile = 16,
            Steps = 2,
            Boundary = boundary,
            TotalVariation = 1e5,
            Distance = 1e5,
            Filter = sigma > 0 ? new GaussianFilter(sigma) : levels > 0 ? new LaplacianFilter(levels) : null,
        };
        Assert.InRange(Plan.Create(spec, bandPixels: 1, out _)!.Octaves[0].Bands, 7, 37);

        var (one, oneReports) = await DreamAsync(spec, bandPixels: int.MaxValue / 4);
        var (many, manyReports) = await DreamAsync(spec, bandPixels: 1);
        var (plain, _) = await DreamAsync(spec with { TotalVariation = 0, Distance = 0, Filter = null }, bandPixels: 1);

        Assert.Equal(one, many);
        Assert.Equal(oneReports.Select(Figures), manyReports.Select(Figures));
        Assert.NotEqual(plain, many);
    }

    [Fact]
    public async Task Only_the_order_of_the_plan_decides_and_not_who_answers_first()
    {
        var spec = Specs.Of(100, 80) with { Tile = 16, Steps = 3 };

        var (first, firstReports) = await DreamAsync(spec, bandPixels: 1);
        var (second, secondReports) = await DreamAsync(spec, bandPixels: 1, new Laplacian() { Delay = new Random(3) });

        Assert.Equal(first, second);
        Assert.Equal(firstReports.Select(Figures), secondReports.Select(Figures));
    }

    [Fact]
    public async Task The_loss_is_the_sum_over_tiles()
    {
        var (_, reports) = await DreamAsync(Specs.Of(64, 64) with { Tile = 16, Steps = 1, MaxRoll = 0 }, bandPixels: 1);

        // Laplacian reports one per pixel of a core.
        Assert.Equal(64 * 64, reports.Single().Loss);
    }

    [Fact]
    public async Task Without_steps_to_speak_of_detail_mode_ends_at_the_original_and_upscale_mode_at_a_blurred_one()
    {
        var spec = Specs.Of(80, 100) with { Octaves = 3, Steps = 1, StepSize = 1e-12 };

        var (detail, _) = await DreamAsync(spec, bandPixels: 1);
        var (upscaled, _) = await DreamAsync(spec with { OctaveMode = OctaveMode.Upscale }, bandPixels: 1);

        var original = Picture.Canvas(80, 100);
        Assert.All(detail.Zip(original), pair => Assert.InRange(pair.First - pair.Second, -2, 2));
        Assert.True(Roughness(upscaled) < 0.8 * Roughness(original));
    }

    [Fact]
    public async Task A_gradient_that_cannot_be_had_ends_the_dream_with_its_sentence_and_stops_the_other_tiles()
    {
        var spec = Specs.Of(200, 200) with { Tile = 16 };
        var source = new Laplacian() { FailsAt = 40 };

        var failure = await Assert.ThrowsAsync<GradientException>(() => DreamAsync(spec, bandPixels: 1, source));

        Assert.Equal("tile 40 is cursed", failure.Message);
        Assert.Equal(0, source.Running);
    }

    [Fact]
    public async Task A_cancelled_dream_leaves_nothing_running()
    {
        var spec = Specs.Of(200, 200) with { Tile = 16, Steps = 1000 };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var source = new Laplacian();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DreamAsync(spec, bandPixels: 1, source, report => { if (report.Step == 2) stop.Cancel(); }, stop.Token));

        Assert.Equal(0, source.Running);
    }

    [Fact]
    public async Task Rows_handed_over_twice_count_once()
    {
        var plan = Plan.Create(Specs.Of(64, 64) with { Tile = 32, MaxRoll = 0 }, bandPixels: 1, out _)!;
        using var band = new CanvasBand(plan, new Picture(plan.Spec.Input), 0, 1);
        var neighbours = new Nobody();
        var rows = new CoreRows(1, 0, 0, band.Band.Top, 4, new Half[4 * 3 * 32]);

        band.Take(0, rows);
        band.Take(0, rows with { Values = Enumerable.Repeat((Half)7, 4 * 3 * 32).ToArray() });
        var report = await band.GradientAsync("", new Laplacian(), neighbours, Cancellation);

        Assert.Equal(2 * 32, report.Rows.Count);
        // The first hand-over's zeros stayed in columns 0 .. 31, the laplacian of a black canvas is zero elsewhere.
        Assert.Equal([0, 0], report.Rows.Take(2));
    }

    private static (double, double) Figures(StepReport report) => (report.Loss, report.Scale);

    private static double Roughness(short[] canvas) => canvas.Zip(canvas.Skip(1), (a, b) => Math.Abs((double)a - b)).Average();

    private static async Task<(short[] Canvas, List<StepReport> Reports)> DreamAsync(
        DreamSpec spec, int bandPixels, Laplacian? source = null, Action<StepReport>? stepped = null, CancellationToken? cancellation = null)
    {
        var plan = Plan.Create(spec, bandPixels, out string? problem) ?? throw new InvalidOperationException(problem);
        using var canvas = new LocalCanvas(plan, new Picture(spec.Input), source ?? new Laplacian());
        var reports = new List<StepReport>();
        await new Dream(plan, canvas).RunAsync(report => { reports.Add(report); stepped?.Invoke(report); }, cancellation ?? Cancellation);
        var values = new short[3 * spec.Output.Pixels];
        canvas.ReadRows(plan.Octaves[^1], 0, spec.Output.Height, values);
        return (values, reports);
    }

    private sealed class Nobody : IBandNeighbours
    {
        public ValueTask ReadAsync(int band, int step, Rectangle rectangle, Placement placement, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ReadGradientAsync(int band, int step, Rectangle rectangle, Memory<float> destination, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask HandAsync(int band, int step, CoreRows rows, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    /// <summary>A rough picture of 8-bit values.</summary>
    internal sealed class Picture(Size size) : IOriginal
    {
        public Size Size => size;

        public void ReadRows(int first, int rows, Span<float> destination)
        {
            for (int i = 0; i < rows * 3 * size.Width; i++)
                destination[i] = Value(first * 3 * size.Width + i);
        }

        public static short[] Canvas(int height, int width) =>
            [.. Enumerable.Range(0, height * 3 * width).Select(i => (short)MathF.Round(Value(i) * 32767, MidpointRounding.ToEven))];

        private static float Value(int i) => SplitMix64.Mix((ulong)i) % 256 / 127.5f - 1;
    }

    /// <summary>A gradient that looks one pixel far: exact with any context of at least 1, in tiles or not.</summary>
    internal sealed class Laplacian : IGradientSource
    {
        private int _calls;
        private int _running;

        public Random? Delay { get; init; }

        public int FailsAt { get; init; } = -1;

        public int Running => _running;

        public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _running);
            try
            {
                await Task.Yield();
                cancellation.ThrowIfCancellationRequested();
                if (Interlocked.Increment(ref _calls) == FailsAt)
                    throw new GradientException($"tile {FailsAt} is cursed");
                var shape = request.Tile.Shape;
                var window = new short[shape.WindowValues];
                await request.CutAsync(window, cancellation);
                if (Delay is not null)
                    await Task.Delay(Delay.Next(5), cancellation);

                var core = MemoryPool<Half>.Shared.Rent(shape.CoreValues);
                for (int y = 0, i = 0; y < shape.CoreHeight; y++)
                    for (int plane = 0; plane < 3; plane++)
                        for (int x = 0; x < shape.CoreWidth; x++, i++)
                            core.Memory.Span[i] = (Half)At(window, (y + shape.CoreTop) * 3 + plane, x + shape.CoreLeft, shape.Width);
                // An exponent of the tile's own must make no difference to the merged gradient.
                int exponent = request.Tile.Row - request.Tile.Column;
                for (int i = 0; i < shape.CoreValues; i++)
                    core.Memory.Span[i] = (Half)MathF.ScaleB((float)core.Memory.Span[i], -exponent);
                return new CoreGradient(core, shape.CoreValues, exponent, (double)shape.CoreHeight * shape.CoreWidth);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        public async Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
        {
            var shape = request.Tile.Shape;
            var window = new short[shape.WindowValues];
            await request.CutAsync(window, cancellation);
            if (Delay is not null)
                await Task.Delay(Delay.Next(5), cancellation);
            return Sums(window, shape, layers.Sum(layer => layer.Channels));
        }

        /// <summary>A sum over the core's pixels for each channel, which are spread over rows and columns; not of integers, so that the order shows.</summary>
        public static double[] Sums(ReadOnlySpan<short> window, WindowShape shape, int channels)
        {
            var sums = new double[channels];
            for (int y = 0; y < shape.CoreHeight; y++)
                for (int x = 0; x < shape.CoreWidth; x++)
                    sums[(y + 3 * x) % channels] += window[(y + shape.CoreTop) * 3 * shape.Width + x + shape.CoreLeft] / 32767.0 / 7;
            return sums;
        }

        public static float[] OfWholeCanvas(short[] canvas, int height, int width, Boundary boundary)
        {
            var gradient = new float[canvas.Length];
            int Outside(int i, int size) => i < 0 ? (boundary == Boundary.Wrap ? size - 1 : 1) : i >= size ? (boundary == Boundary.Wrap ? 0 : size - 2) : i;
            for (int y = 0; y < height; y++)
                for (int plane = 0; plane < 3; plane++)
                    for (int x = 0; x < width; x++)
                    {
                        int P(int dy, int dx) => canvas[(Outside(y + dy, height) * 3 + plane) * width + Outside(x + dx, width)] / 512;
                        gradient[(y * 3 + plane) * width + x] = Value(P(-1, 0), P(1, 0), P(0, -1), P(0, 1), P(0, 0));
                    }
            return gradient;
        }

        private static float At(short[] window, int line, int x, int width)
        {
            int P(int dy, int dx) => window[(line + 3 * dy) * width + x + dx] / 512;
            return Value(P(-1, 0), P(1, 0), P(0, -1), P(0, 1), P(0, 0));
        }

        // Small integers: exact in float16 at any of the exponents used.
        private static float Value(int up, int down, int left, int right, int here) => up + down + left + right - 4 * here;
    }
}
