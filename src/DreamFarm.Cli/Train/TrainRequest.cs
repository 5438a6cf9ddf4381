namespace DreamFarm.Cli.Train;

/// <summary>What a training was asked for.</summary>
/// <param name="Images">The folder of pictures.</param>
/// <param name="Output">The file of weights.</param>
/// <param name="Name">The network's name in it.</param>
/// <param name="Size">Side of the square that the network sees, pixels.</param>
/// <param name="Epochs">How often the pictures are gone through; null leaves it to their number.</param>
/// <param name="Seed">Of everything that is drawn.</param>
/// <param name="Device">Where to compute.</param>
internal sealed record TrainRequest(string Images, string Output, string Name, int Size, int? Epochs, ulong Seed, string Device)
{
    /// <summary>What the name of the checkpoint has more than that of the weights.</summary>
    public const string CheckpointEnding = ".checkpoint";

    /// <summary>Where an interrupted training is kept.</summary>
    public string Checkpoint => Output + CheckpointEnding;
}
