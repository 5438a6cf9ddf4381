using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>A change of a job's state, for its history.</summary>
/// <param name="Who">The owner or operator who asked for it, or <see cref="Coordinator"/>.</param>
/// <param name="Why">One sentence, or empty where the state says it all.</param>
internal sealed record Transition(DateTimeOffset Time, V1.JobState State, string Who, string Why)
{
    /// <summary>Who does what nobody asked for.</summary>
    public const string Coordinator = "coordinator";
}
