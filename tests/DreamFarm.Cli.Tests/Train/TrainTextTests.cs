using DreamFarm.Cli.Train;
using DreamFarm.Training;

namespace DreamFarm.Cli.Tests;

/// <summary>How a training reads on a terminal.</summary>
public sealed class TrainTextTests
{
    [Fact]
    public void Progress_says_what_is_known()
    {
        Assert.Equal(
            "epoch 12/152, loss 0.812, 91.2 % right, 87.5 % of those kept, 2:41 to go",
            TrainText.Of(new TrainingProgress(12.7, 30, 400, 0.812, 0.912, 0.875, TimeSpan.FromSeconds(161)), 152));
        Assert.Equal("epoch 152/152, 87.5 % of those kept", TrainText.Of(new TrainingProgress(152.3, 400, 400, null, null, 0.875, null), 152));
    }

    [Fact]
    public void Names_of_files_cannot_move_the_cursor() =>
        Assert.Equal(["left out: a?[2J?b.png is empty"], LeftOut.Lines(["a\u001b[2J\nb.png is empty"]));
}
