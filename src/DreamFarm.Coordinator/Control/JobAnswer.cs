using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>What a job's grain says to a command.</summary>
/// <param name="State">The job's state now; <see cref="JobMove.Gone"/> if it is deleted.</param>
/// <param name="Refusal">One sentence if the command makes no sense in it; otherwise null.</param>
/// <param name="Ending">Whether its last run still ends: what frees files has to be asked for again.</param>
[GenerateSerializer, Immutable]
internal sealed record JobAnswer(V1.JobState State, string? Refusal, bool Ending);
