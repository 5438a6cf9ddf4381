namespace StandIns.Orleans.Tests.Hosting;

/// <summary>No class implements this.</summary>
public interface INobodysGrain : IGrainWithStringKey
{
    Task DoAsync();
}
