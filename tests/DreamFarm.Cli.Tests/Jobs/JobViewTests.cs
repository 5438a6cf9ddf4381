using DreamFarm.Cli.Jobs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Tests;

/// <summary>A job as --json shows it.</summary>
public sealed class JobViewTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_channels_are_measured_is_shown(bool measuring) =>
        Assert.Equal(measuring, ProgressView.Of(new V1.Progress { Measuring = measuring }).Measuring);
}
