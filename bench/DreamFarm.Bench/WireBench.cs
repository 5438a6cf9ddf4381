using System.Diagnostics;
using System.Globalization;
using DreamFarm.Coordinator;
using DreamFarm.Dreaming;
using Microsoft.Extensions.Logging.Abstractions;

namespace DreamFarm.Bench;

/// <summary>
/// What the dispatcher and gRPC on loopback can carry: a worker in this process puts windows together and answers at
/// once. Tile 512, context 96: 11.3 bytes of window and 6 of core for each pixel of core.
/// </summary>
internal static class WireBench
{
    public static async Task RunAsync(string[] args)
    {
        const int runs = 9, tiles = 64;
        var size = new Dreaming.Size(4096, 4096);
        var spec = new DreamSpec { Input = size, Output = size, Stride = 8, Context = 96, Tile = 512, MaxRoll = 0 };
        var plan = Plan.Create(spec, out string? problem) ?? throw new InvalidOperationException(problem);
        var octave = plan.Octaves[0];
        var grid = octave.TilesAt(step: 0);

        await using var worker = await InstantWorker.StartAsync();
        await using var dispatcher = new Dispatcher(new DispatchOptions(), TimeProvider.System, NullLogger<Dispatcher>.Instance);
        dispatcher.SetWorkers([new LentWorker("w-instant", worker.Address)]);
        await using var job = dispatcher.Open(JobTarget.For("wire", "motif", "", new Networks.Objective([new(Networks.ObjectiveKind.L2, "4a", new Networks.AllChannels(), 1)]), plan));
        var rates = new List<double>();
        for (int run = 0; run < runs + 2; run++)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, tiles).Select(async i =>
            {
                var request = new WindowRequest { Octave = octave, Step = 0, Tile = grid[i / grid.Columns, i % grid.Columns], Objective = "l2(4a):1", CutAsync = Cut };
                (await job.ComputeAsync(request, CancellationToken.None)).Dispose();
            }));
            // The first runs are compiled while they run.
            if (run >= 2)
                rates.Add(size.Pixels / 1e6 / clock.Elapsed.TotalSeconds);
        }
        Console.WriteLine($"wire {size} on {Environment.ProcessorCount} processors: {Medians.Describe(rates, "megapixels of core a second")}");
        double window = grid.Count * 6.0 * 704 * 704 / size.Pixels;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wire bytes for each pixel of core: {window:0.0} out, 6.0 back"));
    }

    private static ValueTask Cut(Memory<short> window, CancellationToken cancellation)
    {
        window.Span.Fill(1);
        return ValueTask.CompletedTask;
    }
}
