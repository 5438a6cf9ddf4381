namespace DreamFarm.Engine.Tests;

/// <summary>Which processors lanes keep to.</summary>
public sealed class PinningTests
{
    [Fact]
    public void Lanes_are_pinned_when_there_is_one_for_each_processor_or_when_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "affinity is read on Linux alone");
        IReadOnlyList<int> allowed = Processors.Allowed();
        Assert.NotEmpty(allowed);
        Assert.Equal(allowed, new EngineOptions { Lanes = allowed.Count }.LaneProcessors());
        Assert.Empty(new EngineOptions { Lanes = allowed.Count + 1 }.LaneProcessors());
        Assert.Equal(allowed, new EngineOptions { Lanes = 1, Pinning = Pinning.On }.LaneProcessors());
        Assert.Empty(new EngineOptions { Lanes = allowed.Count, Pinning = Pinning.Off }.LaneProcessors());
        Assert.Empty(new EngineOptions { Device = "cuda", Pinning = Pinning.On }.LaneProcessors());
    }

    [Fact]
    public void A_pinned_thread_has_one_processor_and_hands_it_on_to_no_other()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "affinity is set on Linux alone");
        IReadOnlyList<int> allowed = Processors.Allowed(), pinned = [], started = [];
        var thread = new Thread(() =>
        {
            Processors.KeepTo(allowed[^1]);
            pinned = Processors.Allowed();
            var child = new Thread(() => started = Processors.Allowed());
            child.Start();
            child.Join();
        });
        thread.Start();
        thread.Join();
        Assert.Equal([allowed[^1]], pinned);
        Assert.Equal(allowed, started);
        Assert.Equal(allowed, Processors.Allowed());
    }
}
