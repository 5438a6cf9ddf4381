using DreamFarm.Engine;
using DreamFarm.Security;
using DreamFarm.Telemetry;

namespace DreamFarm.Worker;

/// <summary>How a worker is run.</summary>
public sealed record WorkerOptions
{
    /// <summary>Where to register, such as <c>http://127.0.0.1:7600</c>.</summary>
    public required string CoordinatorUrl { get; init; }

    /// <summary>"HOST:PORT" to listen on; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:7610";

    /// <summary>"HOST:PORT" at which the coordinator dials back; null for the address that the registration comes from.</summary>
    public string? Advertise { get; init; }

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Windows computed at a time, on a GPU batches of windows; null for one a processor on a CPU and one on a GPU.</summary>
    public int? Lanes { get; init; }

    /// <summary>Whether each lane keeps to a processor of its own.</summary>
    public Pinning Pinning { get; init; }

    /// <summary>Folders in which weights are looked for, in order.</summary>
    public IReadOnlyList<string> ModelsFolders { get; init; } = [];

    /// <summary>Folder in which weights are kept that the coordinator sent; workers on a machine may share it. Null for none: then none are fetched.</summary>
    public string? WeightsFolder { get; init; }

    /// <summary>The network's arithmetic; anything but float32 makes the worker another numerics class.</summary>
    public EnginePrecision Precision { get; init; }

    /// <summary>Where messages for people go instead of the log, which then says nothing; null for the log.</summary>
    public TextWriter? Messages { get; init; }

    /// <summary>"HOST:PORT" where health probes and Prometheus look, over HTTP/1.1; port 0 takes a free one; null for nowhere.</summary>
    public string? Web { get; init; }

    /// <summary>What it shows to its coordinator and wants to see of it.</summary>
    public ClientSecurity Security { get; init; } = ClientSecurity.Default;

    /// <summary>
    /// The certificate of its listener, which it also shows to a coordinator that asks for one. Null: if the coordinator is
    /// reached over https it makes one and tells the coordinator which, otherwise the listener speaks no TLS.
    /// </summary>
    public CertificateFiles? Certificate { get; init; }

    /// <summary>Who must have signed the certificate that the coordinator shows when it dials back; null to ask for none.</summary>
    public TrustedRoots? ClientRoots { get; init; }

    /// <summary>How it logs, to stderr.</summary>
    public LogSettings Log { get; init; } = new();
}
