using Google.Protobuf.WellKnownTypes;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>A worker that the registry knows.</summary>
internal sealed class RegisteredWorker(DateTimeOffset registered)
{
    public required WorkerRegistration Registration { get; set; }

    /// <summary>In the time provider's ticks: the machine's clock may jump.</summary>
    public required long LastHeard { get; set; }

    public bool Draining { get; set; }

    /// <summary>It was told to drain by somebody.</summary>
    public bool ToldToDrain { get; set; }

    /// <summary>Its lease has lapsed: it is lent to nobody.</summary>
    public bool Lapsed { get; set; }

    /// <summary>What each silo has seen of it last, by the silo's name.</summary>
    public Dictionary<string, WorkerStatistics> Statistics { get; } = new(StringComparer.Ordinal);

    public V1.WorkerInfo ToMessage(TimeSpan lease)
    {
        var quarantined = Statistics.Values.FirstOrDefault(seen => seen.QuarantinedUntil is not null);
        string unreachable = Statistics.Values.FirstOrDefault(seen => !seen.Reachable && seen.Problem.Length > 0)?.Problem ?? "";
        int held = Statistics.Values.Sum(seen => seen.TilesHeld);
        return new V1.WorkerInfo
        {
            Id = Registration.Id,
            Address = Registration.Address,
            Device = Registration.Device,
            DeviceName = Registration.DeviceName,
            Lanes = Registration.Lanes,
            MaxWindowPixels = Registration.MaxWindowPixels,
            Version = Registration.Version,
            Registered = registered.ToTimestamp(),
            TilesDone = Statistics.Values.Sum(seen => seen.TilesDone),
            TilesHeld = Lapsed ? 0 : held,
            TilesFailed = Statistics.Values.Sum(seen => seen.TilesFailed),
            State = Lapsed ? V1.WorkerState.Lost
                : quarantined is not null ? V1.WorkerState.Quarantined
                : unreachable.Length > 0 ? V1.WorkerState.Lost
                : Draining || ToldToDrain ? V1.WorkerState.Draining
                : held > 0 ? V1.WorkerState.Busy
                : V1.WorkerState.Idle,
            Message = Lapsed ? $"silent for more than {lease.TotalSeconds:0.#} s"
                : quarantined is not null ? quarantined.Problem
                : unreachable.Length > 0 ? unreachable
                : ToldToDrain ? "told to drain: it finishes what it holds and ends"
                : Statistics.Values.Select(seen => seen.Problem).FirstOrDefault(problem => problem.Length > 0) ?? "",
        };
    }
}
