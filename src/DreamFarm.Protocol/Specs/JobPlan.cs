using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Protocol.Specs;

/// <summary>A spec that has been read: everything that a job needs to know before its first pixel.</summary>
public sealed record JobPlan
{
    /// <summary>The spec with every default written out. Reading it again gives the same plan.</summary>
    public required V1.Spec Spec { get; init; }

    /// <summary>The network to dream with.</summary>
    public required NetworkDescription Network { get; init; }

    /// <summary>What is evaluated of the network, with the stride and the contexts that follow.</summary>
    public required NetworkEvaluation Evaluation { get; init; }

    /// <summary>What is maximised in the network. What is subtracted of the pixels is in the plan's spec.</summary>
    public required Networks.Objective Objective { get; init; }

    /// <summary>The objective octave by octave.</summary>
    public OctaveObjectives Objectives => new(Objective, new NetworkGeometry(Network));

    /// <summary>All sizes that follow.</summary>
    public required Plan Plan { get; init; }

    /// <summary>Size of the picture that results, pixels: the canvas is resized to it when it is encoded.</summary>
    public required Size Result { get; init; }

    /// <summary>SHA-256 of the weights' file, lowercase hexadecimal; empty for the network's built-in weights.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>SHA-256 of the guide image's features, lowercase hexadecimal; empty where the objective guides no layer.</summary>
    public required string GuideSha256 { get; init; }
}
