namespace StandIns.Orleans.Tests.Lifetime;

public interface IKeptGrain : IGrainWithStringKey
{
    Task<int> CountAsync();
}
