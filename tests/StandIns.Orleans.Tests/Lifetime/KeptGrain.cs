namespace StandIns.Orleans.Tests.Lifetime;

[KeepAlive]
public sealed class KeptGrain : Grain, IKeptGrain
{
    private int _count;

    public Task<int> CountAsync() => Task.FromResult(++_count);
}
