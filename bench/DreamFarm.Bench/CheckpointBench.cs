using System.Diagnostics;
using System.Globalization;
using System.Net;
using DreamFarm.Coordinator;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Bench;

/// <summary>
/// What checkpoints of 64 megapixels cost a job: a coordinator in this process and a worker that answers at once, so that nothing
/// hides the disk. Pairs of jobs without and with a checkpoint every ten seconds; a sixth of the difference is that of every minute.
/// </summary>
internal static class CheckpointBench
{
    private const int Side = 8000;
    private const int Pairs = 3;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(string[] args)
    {
        int steps = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 24;
        string folder = Directory.CreateTempSubdirectory("dreamfarm-bench-").FullName;
        try
        {
            string input = Path.Combine(folder, "in.png");
            await Inputs.WriteAsync(input, Side / 8, Side / 8);
            var slower = new List<double>();
            var kept = new Kept();
            var without = new List<double>();
            var with = new List<double>();
            for (int pair = 0; pair < Pairs; pair++)
            {
                // In turn, so that a machine that slows down slows both.
                foreach (bool keep in pair % 2 == 0 ? [false, true] : new[] { true, false })
                    (keep ? with : without).Add(await StepsAsync(folder, input, steps, keep ? Often : TimeSpan.FromHours(1), kept));
                slower.Add(100 * (with[^1] / without[^1] - 1));
            }
            Console.WriteLine($"checkpoint, {Side}x{Side}, {steps} steps, a worker that answers at once:");
            Console.WriteLine($"  without:                     {Medians.Describe(without, "seconds")}");
            Console.WriteLine($"  every {Often.TotalSeconds:0} seconds:            {Medians.Describe(with, "seconds")}");
            Console.WriteLine($"  slower by:                   {Medians.Describe(slower, "per cent")}");
            Console.WriteLine($"  so with one every minute by: {Medians.Describe([.. slower.Select(percent => percent * Often.TotalSeconds / 60)], "per cent")}");
            Console.WriteLine($"  a checkpoint takes:          {Medians.Describe(kept.Seconds, "seconds")}");
            Console.WriteLine($"  and holds up an ascent for:  {Medians.Describe(kept.HeldUp, "seconds")}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>Seconds from the first step's end to the last one's.</returns>
    private static async Task<double> StepsAsync(string folder, string input, int steps, TimeSpan period, Kept kept)
    {
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        await using var worker = await InstantWorker.StartAsync();
        await using var coordinator = await RunningCoordinator.StartAsync(
            new CoordinatorOptions { Listen = any, Web = any, DataFolder = Path.Combine(folder, Guid.NewGuid().ToString("N")), Lease = TimeSpan.FromHours(1), CheckpointPeriod = period },
            silo => silo.Services.AddLogging(logging => logging.AddProvider(kept)), CancellationToken.None);
        using var channel = GrpcChannel.ForAddress(coordinator.Address);
        await new Workers.WorkersClient(channel).RegisterAsync(new RegisterRequest { Id = "w-instant", Address = worker.Address, Device = "cpu", Lanes = 2, MaxWindowPixels = 1 << 24, Protocol = ProtocolVersion.Current });

        var jobs = new Jobs.JobsClient(channel);
        using var submit = jobs.Submit();
        var spec = new Spec
        {
            Network = "motif",
            Layers = "4a",
            Octaves = 1,
            Steps = steps,
            Tile = 512,
            OutputSize = new Size { Width = Side, Height = Side },
        };
        byte[] image = await File.ReadAllBytesAsync(input);
        await submit.RequestStream.WriteAsync(new SubmitRequest { Header = new SubmitHeader { Spec = spec, InputName = "in.png", InputBytes = image.Length } });
        foreach (byte[] chunk in image.Chunk(1 << 20))
            await submit.RequestStream.WriteAsync(new SubmitRequest { Data = UnsafeByteOperations.UnsafeWrap(chunk) });
        await submit.RequestStream.CompleteAsync();
        string id = (await submit.ResponseAsync).Job.Id;

        using var watch = jobs.Watch(new WatchJobRequest { Id = id });
        var clock = new Stopwatch();
        await foreach (var job in watch.ResponseStream.ReadAllAsync())
        {
            if (job.State is JobState.Failed)
                throw new InvalidOperationException(job.Message);
            if (job.Progress is { Step: >= 0 })
                clock.Start();
            if (job.Progress?.Step == steps - 1)
                break;
        }
        double seconds = clock.Elapsed.TotalSeconds;
        await jobs.CancelAsync(new CancelJobRequest { Id = id });
        return seconds;
    }

    /// <summary>What the log says of checkpoints.</summary>
    private sealed class Kept : ILoggerProvider, ILogger
    {
        public List<double> Seconds { get; } = [];

        public List<double> HeldUp { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name != "CheckpointKept" || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
                return;
            lock (Seconds)
            {
                Seconds.Add((double)values.First(value => value.Key == "Seconds").Value!);
                HeldUp.Add((double)values.First(value => value.Key == "HeldUp").Value!);
            }
        }

        public void Dispose()
        {
        }
    }
}
