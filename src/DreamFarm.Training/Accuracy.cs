using DreamFarm.Networks;

namespace DreamFarm.Training;

/// <summary>How well weights of a file tell pictures apart.</summary>
public static class Accuracy
{
    /// <summary>The share of a set's pictures that the network's classifier tells right from the mean over all cells, 0 to 1.</summary>
    /// <param name="weights">Of a network such as <see cref="Trainer.Export"/> writes, with the set's classes.</param>
    /// <param name="side">Side of the central square of each picture that the network sees, pixels.</param>
    /// <param name="zoom">As <see cref="TrainingOptions.Zoom"/>: the square is cut out up to this many times as wide and scaled down.</param>
    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="threads">0 means one for each processor.</param>
    /// <exception cref="TrainingException">The network knows other classes, or a picture is too small.</exception>
    /// <exception cref="ArgumentException">There is no such device, or the network is of no kind that is trained here.</exception>
    public static Task<double> MeasureAsync(
        NetworkWeights weights,
        IPictureSet pictures,
        int side,
        double zoom = 1,
        string device = "cpu",
        int threads = 0,
        CancellationToken cancellation = default)
    {
        if (weights.Network.Classes is not { } classes || !classes.SequenceEqual(pictures.Classes, StringComparer.Ordinal))
            throw new TrainingException($"{weights.Name}: its classes ({Names(weights.Network.Classes)}) are not those of the pictures ({Names(pictures.Classes)}).");
        return TorchThread.Run(threads, () =>
        {
            using var network = new TrainableNetwork(weights.Network, classes, TorchThread.Device(device), seed: 0);
            network.Take(weights);
            return AccuracyMeter.Measure(network, pictures, side, zoom, cancellation);
        });
    }

    private static string Names(IReadOnlyList<string>? classes) => classes is null ? "without names" : string.Join(", ", classes);
}
