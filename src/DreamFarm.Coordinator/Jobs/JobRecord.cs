using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;
using Google.Protobuf.WellKnownTypes;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>What is kept of a job. The files beside it: see <see cref="JobFiles"/>.</summary>
internal sealed record JobRecord
{
    /// <summary>The owner of everything on a coordinator that asks nobody who he is.</summary>
    public const string LocalOwner = "local";

    public required string Id { get; init; }

    /// <summary>Whose it is; see <see cref="LocalOwner"/>.</summary>
    public required string Owner { get; init; }

    /// <summary>Made by the client so that a repeated submission makes one job; empty if it made none.</summary>
    public string SubmissionId { get; init; } = "";

    /// <summary>Higher comes first; -100 to 100.</summary>
    public int Priority { get; init; }

    public required string InputName { get; init; }

    /// <summary>With every default written out; nothing of it changes once it is here, but that a job may become mixed.</summary>
    public required V1.Spec Spec { get; init; }

    public required Size Input { get; init; }

    /// <summary>Bits of a sample of the decoded input, 8 or 16.</summary>
    public required int InputBits { get; init; }

    public required bool InputHasAlpha { get; init; }

    /// <summary>Size of the canvas.</summary>
    public required Size Output { get; init; }

    /// <summary>Size of the picture that the canvas is resized to when it is encoded.</summary>
    public Size Result => SpecReader.ResultSize(Spec, Input, Output);

    public required DateTimeOffset Submitted { get; init; }

    public V1.JobState State { get; init; } = V1.JobState.Queued;

    /// <summary>What made it fail; empty otherwise.</summary>
    public string Problem { get; init; } = "";

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>The class that the job has taken and keeps to, over restarts too; empty before.</summary>
    public string NumericsClass { get; init; } = "";

    /// <summary>How far it came; null until it is finished.</summary>
    public V1.Progress? Progress { get; init; }

    public bool IsFinished => State is V1.JobState.Done or V1.JobState.Failed or V1.JobState.Cancelled;

    /// <summary>As it is told to clients, without what changes while it runs.</summary>
    public V1.Job ToMessage() => new()
    {
        Id = Id,
        Owner = Owner,
        Priority = Priority,
        State = State,
        Message = Problem,
        InputName = InputName,
        Spec = WithoutGraph(Spec),
        InputSize = new V1.Size { Width = Input.Width, Height = Input.Height },
        OutputSize = new V1.Size { Width = Output.Width, Height = Output.Height },
        ResultSize = new V1.Size { Width = Result.Width, Height = Result.Height },
        Submitted = Submitted.ToTimestamp(),
        Started = Started?.ToTimestamp(),
        Finished = Finished?.ToTimestamp(),
        NumericsClass = NumericsClass,
        Progress = Progress,
    };

    /// <summary>A graph is long, and of no use to those who look at jobs.</summary>
    private static V1.Spec WithoutGraph(V1.Spec spec)
    {
        if (!spec.HasGraph)
            return spec;
        var plain = spec.Clone();
        plain.ClearGraph();
        return plain;
    }
}
