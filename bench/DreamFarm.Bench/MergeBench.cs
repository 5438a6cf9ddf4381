using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using DreamFarm.Dreaming;

namespace DreamFarm.Bench;

/// <summary>Bands, cutting, merging, measuring and ascending, with an engine that answers at once: tile 512, context 96.</summary>
internal static class MergeBench
{
    public static async Task RunAsync(string[] args)
    {
        foreach (var size in new Size[] { new(2048, 2048), new(4096, 4096), new(4096, 8192) })
        {
            const int steps = 6;
            var spec = new DreamSpec { Input = size, Output = size, Stride = 8, Context = 96, Tile = 512, Steps = steps };
            var plan = Plan.Create(spec, out string? problem) ?? throw new InvalidOperationException(problem);
            using var canvas = new LocalCanvas(plan, new Flat(size), new InstantGradients());
            var rates = new List<double>();
            var clock = Stopwatch.StartNew();
            await new Dream(plan, canvas).RunAsync(report =>
            {
                // The first step also waits for the octave's canvas to be made.
                if (report.Step > 0)
                    rates.Add(size.Pixels / 1e6 / clock.Elapsed.TotalSeconds);
                clock.Restart();
            }, CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merge {size} ({size.Pixels / 1e6:0} megapixels, {plan.Octaves[0].Bands} bands): {Medians.Describe(rates, "megapixels of core a second")}"));
        }
    }

    private sealed class Flat(Size size) : IOriginal
    {
        public Size Size => size;

        public void ReadRows(int first, int rows, Span<float> destination) => destination.Clear();
    }

    /// <summary>Cuts each window and answers with a gradient of ones.</summary>
    private sealed class InstantGradients : IGradientSource
    {
        private readonly SemaphoreSlim _room = new(Environment.ProcessorCount + 1);

        public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
            throw new NotSupportedException("nothing is measured here");

        public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
        {
            await _room.WaitAsync(cancellation);
            try
            {
                var shape = request.Tile.Shape;
                using var window = MemoryPool<short>.Shared.Rent(shape.WindowValues);
                await request.CutAsync(window.Memory, cancellation);
                var core = MemoryPool<Half>.Shared.Rent(shape.CoreValues);
                core.Memory.Span[..shape.CoreValues].Fill((Half)1);
                return new CoreGradient(core, shape.CoreValues, 0, 1);
            }
            finally
            {
                _room.Release();
            }
        }
    }
}
