using DreamFarm.Dreaming;
using Google.Protobuf.WellKnownTypes;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>What is kept of a job. The files beside it: see <see cref="JobFiles"/>.</summary>
internal sealed record JobRecord
{
    public required string Id { get; init; }

    public required string InputName { get; init; }

    /// <summary>With every default written out; not changed once it is here.</summary>
    public required V1.Spec Spec { get; init; }

    public required Size Input { get; init; }

    /// <summary>Bits of a sample of the decoded input, 8 or 16.</summary>
    public required int InputBits { get; init; }

    public required bool InputHasAlpha { get; init; }

    public required Size Output { get; init; }

    public required DateTimeOffset Submitted { get; init; }

    public V1.JobState State { get; init; } = V1.JobState.Queued;

    /// <summary>What made it fail; empty otherwise.</summary>
    public string Problem { get; init; } = "";

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public string NumericsClass { get; init; } = "";

    /// <summary>How far it came; null until it is finished.</summary>
    public V1.Progress? Progress { get; init; }

    public bool IsFinished => State is V1.JobState.Done or V1.JobState.Failed or V1.JobState.Cancelled;

    /// <summary>As it is told to clients, without what changes while it runs.</summary>
    public V1.Job ToMessage() => new()
    {
        Id = Id,
        State = State,
        Message = Problem,
        InputName = InputName,
        Spec = Spec,
        InputSize = new V1.Size { Width = Input.Width, Height = Input.Height },
        OutputSize = new V1.Size { Width = Output.Width, Height = Output.Height },
        Submitted = Submitted.ToTimestamp(),
        Started = Started?.ToTimestamp(),
        Finished = Finished?.ToTimestamp(),
        NumericsClass = NumericsClass,
        Progress = Progress,
    };
}
