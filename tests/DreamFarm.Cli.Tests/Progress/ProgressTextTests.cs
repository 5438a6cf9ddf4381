using DreamFarm.Cli.Progress;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Tests;

/// <summary>How a dream's progress reads.</summary>
public sealed class ProgressTextTests
{
    private static V1.Progress Known => new()
    {
        Octave = 2,
        Octaves = 3,
        Step = 6,
        Steps = 16,
        OctaveSize = new V1.Size { Width = 480, Height = 360 },
        Loss = 12.34,
        MegapixelsPerSecond = 1.82,
        EtaSeconds = 41.5,
    };

    [Fact]
    public void Progress_says_what_is_known()
    {
        Assert.Equal("octave 3/3 480x360, step 7/16, loss 12.34, 1.82 MP/s, 0:42 to go", ProgressText.Of(Known));
        Assert.Equal("starting", ProgressText.Of(new V1.Progress { Octave = -1, Octaves = 3, Step = -1 }));
    }

    [Fact]
    public void While_channels_are_measured_that_stands_in_place_of_what_steps_have_come_to()
    {
        var measuring = new V1.Progress(Known) { Step = -1, Measuring = true };
        Assert.Equal("octave 3/3 480x360, measuring channels", ProgressText.Of(measuring));
        Assert.Equal("octave 3/3 480x360, measuring channels, 2 workers", ProgressText.Of(new V1.Progress(measuring) { Workers = 2 }));
    }
}
