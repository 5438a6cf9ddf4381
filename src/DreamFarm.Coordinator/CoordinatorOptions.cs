using System.Net;
using DreamFarm.Imaging;
using DreamFarm.Security;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>How a coordinator runs.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>Where clients and workers dial; port 0 lets the system choose one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 7600);

    /// <summary>Where browsers and probes look, over HTTP/1.1; port 0 lets the system choose one.</summary>
    public IPEndPoint Web { get; init; } = new(IPAddress.Loopback, 7680);

    /// <summary>Folder of the jobs' files: inputs and finished canvases. It is made if it is not there.</summary>
    public string DataFolder { get; init; } = DefaultDataFolder;

    /// <summary>Where jobs are kept: null for a SQLite file in the data folder, or the URL of a PostgreSQL database, <c>postgres://user:password@host:port/database</c>.</summary>
    public string? Store { get; init; }

    /// <summary>
    /// The most queued jobs that one owner may have; 0: no limit. So many that nobody meets it by hand, and so few that a script
    /// gone wild does not fill the disk.
    /// </summary>
    public int MaxQueuedJobs { get; init; } = 20_000;

    /// <summary>The most megapixels that the canvases of one owner's unfinished jobs may have together; 0: no limit.</summary>
    public int MaxQueuedMegapixels { get; init; } = 100_000;

    /// <summary>A worker that is silent for this long is gone.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Jobs that run at once; the next waits its turn. Several, so that small jobs fill the farm together, and workers have something
    /// to do while a job's step ends.
    /// </summary>
    public int JobsAtOnce { get; init; } = 4;

    /// <summary>Megapixels of canvas that running jobs have together, at up to 16 bytes a pixel; a larger job runs alone.</summary>
    public int RunningMegapixels { get; init; } = DefaultRunningMegapixels;

    /// <summary>How often a running job's canvas is kept, besides at each octave's end.</summary>
    public TimeSpan CheckpointPeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest input file that is accepted, bytes.</summary>
    public long MaxInputBytes { get; init; } = 16_000_000_000;

    /// <summary>The largest input image that is accepted, pixels.</summary>
    public long MaxInputPixels { get; init; } = ImageReader.DefaultMaxPixels;

    /// <summary>How it logs, to stderr.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>The largest asset, such as a file of weights, that is accepted, bytes.</summary>
    public long MaxAssetBytes { get; init; } = 4_000_000_000;

    /// <summary>The most memory that decoding one image may take, bytes.</summary>
    public long DecodeMemoryBytes { get; init; } = 2L << 30;

    /// <summary>The most time that decoding one image may take.</summary>
    public TimeSpan DecodeLimit { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>TLS of both listeners; null for none. With client roots, workers must show a certificate of theirs.</summary>
    public ListenerTls? Tls { get; init; }

    /// <summary>TLS with which it dials workers that have a certificate of their own.</summary>
    public ClientTls WorkerTls { get; init; } = ClientTls.Default;

    /// <summary>It may listen where other machines reach it without asking for tokens, or without TLS.</summary>
    public bool Insecure { get; init; }

    /// <summary>How much callers may ask.</summary>
    public CallLimits Limits { get; init; } = new();

    /// <summary>What fits half of the memory that this process may use.</summary>
    public static int DefaultRunningMegapixels =>
        (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 / 16 / 1_000_000, 1, int.MaxValue);

    /// <summary>Where data lies unless told otherwise.</summary>
    public static string DefaultDataFolder =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "dreamfarm");
}
