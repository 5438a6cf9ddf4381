using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>What a command does to a job in a state: it moves on, stays as it is, or the command is refused.</summary>
/// <param name="To">The new state; null if the job stays as it is.</param>
/// <param name="Refusal">What follows "job d-abc" in the one sentence why not; null if the command is no mistake.</param>
internal readonly record struct JobMove(V1.JobState? To, string? Refusal)
{
    /// <summary>The state of a job that is not there any more.</summary>
    public const V1.JobState Gone = V1.JobState.Unspecified;
}
