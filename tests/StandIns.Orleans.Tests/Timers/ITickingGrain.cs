using Orleans.Concurrency;

namespace StandIns.Orleans.Tests.Timers;

public interface ITickingGrain : IGrainWithStringKey
{
    Task StartAsync(bool interleave, int failures);

    /// <summary>Stays in the grain for a time, and until it has ticked so often; returns the ticks meanwhile.</summary>
    Task<int> StayAsync(TimeSpan time, int ticks);

    [AlwaysInterleave]
    Task<int> TicksAsync();

    Task StopAsync();
}
