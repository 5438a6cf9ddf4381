using Orleans.Concurrency;

namespace StandIns.Orleans.Tests.Timers;

public interface ITickingGrain : IGrainWithStringKey
{
    Task StartAsync(bool interleave, int failures);

    /// <summary>Stays in the grain until told to go; returns the ticks meanwhile.</summary>
    Task<int> StayAsync(TimeSpan time);

    [AlwaysInterleave]
    Task<int> TicksAsync();

    Task StopAsync();
}
