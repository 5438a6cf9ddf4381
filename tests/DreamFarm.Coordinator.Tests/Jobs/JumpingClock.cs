namespace DreamFarm.Coordinator.Tests;

/// <summary>A wall clock that somebody sets; time itself goes on.</summary>
internal sealed class JumpingClock : TimeProvider
{
    /// <summary>How far the clock is ahead of what it was.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
