using Orleans.Concurrency;

namespace StandIns.Orleans.Tests.Turns;

public interface ITurnsGrain : IGrainWithStringKey
{
    /// <summary>Notes "begin name", waits, notes "end name".</summary>
    Task WorkAsync(string name, TimeSpan duration);

    /// <summary>Notes "begin name" and waits for <see cref="OpenAsync"/>.</summary>
    Task HoldAsync(string name);

    [AlwaysInterleave]
    ValueTask<int> OpenAsync();

    [AlwaysInterleave]
    Task ExclusiveAsync();

    Task<string[]> SchedulersAsync();

    Task<string> FailAsync(string message);

    Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>Waits for <see cref="OpenAsync"/>, notes "forgotten name" and fails.</summary>
    [OneWay]
    Task ForgetAsync(string name);

    Task<string> CallBackThroughAsync(ITurnsGrain other);

    Task<string> PingAsync(ITurnsGrain caller);

    Task<string> NameAsync();

    /// <summary>Asks for the grain factory, from the grain or from outside its scheduler.</summary>
    Task<string> NameOfAnotherAsync(bool outside);
}
