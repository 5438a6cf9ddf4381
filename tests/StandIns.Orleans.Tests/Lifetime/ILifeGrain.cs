namespace StandIns.Orleans.Tests.Lifetime;

public interface ILifeGrain : IGrainWithStringKey
{
    /// <summary>How many calls this activation has had.</summary>
    Task<int> CountAsync();

    Task DelayAsync(TimeSpan time);

    Task EndAsync();
}
