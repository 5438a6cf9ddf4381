using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using DreamFarm.Dreaming;

namespace DreamFarm.Bench;

/// <summary>
/// What the terms of pixels and the filters cost, in processor time a megapixel and step: whole steps of bands with an engine that
/// answers at once, less those of a step without any. Processor time, so that a machine with other work tells the same.
/// </summary>
internal static class PixelsBench
{
    private static readonly Size Canvas = new(2048, 2048);

    public static async Task RunAsync(string[] args)
    {
        var plain = new DreamSpec { Input = Canvas, Output = Canvas, Stride = 8, Context = 96, Tile = 512, Steps = 4 };
        var kinds = new (string Name, DreamSpec Spec)[]
        {
            ("a step without any", plain),
            ("mean magnitude instead of standard deviation", plain with { Normaliser = Normaliser.MeanMagnitude }),
            ("total variation", plain with { TotalVariation = 1 }),
            ("distance to the original", plain with { Distance = 1 }),
            ("distance to an original of half the size", plain with { Distance = 1, Input = new(1024, 1024) }),
            ("gaussian:2", plain with { Filter = new GaussianFilter(2) }),
            ("gaussian:16", plain with { Filter = new GaussianFilter(16) }),
            ("laplacian:4", plain with { Filter = new LaplacianFilter(4) }),
            ("laplacian:6", plain with { Filter = new LaplacianFilter(6) }),
            ("both terms and laplacian:4", plain with { TotalVariation = 1, Distance = 1, Filter = new LaplacianFilter(4) }),
        };
        var times = kinds.ToDictionary(kind => kind.Name, _ => new List<double>());
        // In turns, so that all see the same machine.
        for (int round = 0; round < 5; round++)
            foreach (var (name, spec) in kinds)
                times[name].Add(await SecondsAsync(spec) * 1000 / (Canvas.Pixels / 1e6));
        double without = Medians.Median(times[kinds[0].Name]);
        foreach (var (name, _) in kinds)
        {
            double more = Medians.Median(times[name]) - without;
            string against = name == kinds[0].Name ? "" : string.Create(CultureInfo.InvariantCulture, $": {more:0} more");
            Console.WriteLine($"{name}{against}; {Medians.Describe(times[name], "ms of a processor a megapixel and step")}");
        }
    }

    /// <summary>Processor time of a step.</summary>
    private static async Task<double> SecondsAsync(DreamSpec spec)
    {
        var plan = Plan.Create(spec, out string? problem) ?? throw new InvalidOperationException(problem);
        using var canvas = new LocalCanvas(plan, new Waves(spec.Input), new ConstantGradients());
        var begun = TimeSpan.Zero;
        var ended = TimeSpan.Zero;
        await new Dream(plan, canvas).RunAsync(report =>
        {
            ended = Process.GetCurrentProcess().TotalProcessorTime;
            // The first step also waits for the octave's canvas to be made.
            if (report.Step == 0)
                begun = ended;
        }, CancellationToken.None);
        return (ended - begun).TotalSeconds / (spec.Steps - 1);
    }

    private sealed class Waves(Size size) : IOriginal
    {
        public Size Size => size;

        public void ReadRows(int first, int rows, Span<float> destination)
        {
            for (int i = 0; i < rows * 3 * size.Width; i++)
                destination[i] = ((first * 3 * size.Width + i) % 251 - 125) / 125f;
        }
    }

    /// <summary>Answers with a gradient that is there already.</summary>
    private sealed class ConstantGradients : IGradientSource
    {
        private readonly Half[] _values = [.. Enumerable.Range(0, 3 * 1024 * 1024).Select(i => (Half)(i % 509 - 254))];

        public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation) =>
            Task.FromResult(new CoreGradient(new Kept(_values), request.Tile.Shape.CoreValues, -30, 1));

        public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
            throw new NotSupportedException("No channel is chosen here.");

        private sealed class Kept(Half[] values) : IMemoryOwner<Half>
        {
            public Memory<Half> Memory => values;

            public void Dispose()
            {
            }
        }
    }
}
