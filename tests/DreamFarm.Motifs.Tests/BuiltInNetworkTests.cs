using DreamFarm.Networks;
using DreamFarm.Training;

namespace DreamFarm.Motifs.Tests;

public sealed class BuiltInNetworkTests
{
    [Fact]
    public async Task The_committed_weights_tell_92_of_100_pictures_right_that_no_training_has_seen()
    {
        var motif = NetworkCatalog.Find("motif")!;
        using var weights = NetworkWeights.Load(motif, WeightFile.OpenBuiltIn(motif)!);
        var pictures = new MotifPictures(seed: 2_000_003, 24 * MotifPainter.Names.Count);
        var accuracy = await Accuracy.MeasureAsync(weights, pictures, new TrainingOptions().Crop, cancellation: TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine($"{accuracy:P2}");
        Assert.InRange(accuracy, 0.92, 1);
    }
}
