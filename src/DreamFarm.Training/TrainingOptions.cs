using System.Text.Json;

namespace DreamFarm.Training;

/// <summary>
/// The recipe of a training. What is not said is that of the built-in network: SGD with Nesterov momentum, a rate that rises over the first
/// 15 % of the iterations and then falls as a cosine, and pictures that are moved along the network's own gradient ("Adversarial Training
/// for Free!", Shafahi et al., 2019), which is what makes its dreams smooth.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Of a batch: what one array holds, 4 GiB of them.</summary>
    private const long MostValues = 1L << 30;

    /// <summary>Side of the square that the network sees, pixels.</summary>
    public int Crop { get; init; } = 80;

    /// <summary>
    /// The window that is cut out of a picture may be up to this many times as wide as <see cref="Crop"/>, and is then scaled down to it; never
    /// wider than the picture's shorter side. 1 cuts pixels as they are.
    /// </summary>
    public double Zoom { get; init; } = 1;

    /// <summary>Pictures in a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>How often the training's pictures are gone through, counting a batch that is used again as new.</summary>
    public double Epochs { get; init; } = 5;

    /// <summary>The highest rate of learning.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Nesterov's momentum.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Decay of weights; offsets and what batch normalisation learns do not decay.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Share of a label that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Share of the last layer's means that are dropped.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Share of the iterations before pictures are moved along the gradient.</summary>
    public double Clean { get; init; } = 0.35;

    /// <summary>Share of the iterations, after the clean ones, over which the movement grows to <see cref="Epsilon"/>.</summary>
    public double Ramp { get; init; } = 0.3;

    /// <summary>How far a picture is moved at most: the L2 length over all its values, which are in [-1, 1]. 0 moves none.</summary>
    public double Epsilon { get; init; } = 4;

    /// <summary>How often each batch is used after the clean iterations, moved further each time.</summary>
    public int Replay { get; init; } = 2;

    /// <summary>Share of the batches in which a rectangle of every picture comes from another one (CutMix, Yun et al., 2019).</summary>
    public double CutMix { get; init; } = 0.25;

    /// <summary>The strongest noise that is added to a picture: its standard deviation, of values in [-1, 1].</summary>
    public double Noise { get; init; } = 0.15;

    /// <summary>Share of the batches in which half of the pictures are blurred.</summary>
    public double Blur { get; init; } = 0.5;

    /// <summary>Where all draws start: the same seed, options, pictures and threads give the same weights on a CPU.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads that compute; 0 means one for each processor. The order of sums depends on it, and so do the last bits of the weights.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the numbers make sense, and there is such a device.</summary>
    /// <exception cref="ArgumentException">They do not, or there is none; one sentence that says which and what would be right.</exception>
    public void Check()
    {
        Require(Crop is >= 16 and <= 1024, $"The crop must be 16 to 1024 pixels, not {Crop}.");
        Require(Zoom is >= 1 and <= 64, $"The zoom must be 1 to 64, not {Zoom}.");
        Require(Batch is >= 2 and <= 4096, $"A batch must have 2 to 4096 pictures, not {Batch}.");
        Require(3L * Crop * Crop * Batch <= MostValues, $"A batch of {Batch} pictures of {Crop}x{Crop} pixels is too large; {MostValues / (3L * Crop * Crop)} would do.");
        Require(Epochs is > 0 and <= 1e6, $"The epochs must be more than 0 and at most 1000000, not {Epochs}.");
        Require(LearningRate is > 0 and <= 10, $"The learning rate must be more than 0 and at most 10, not {LearningRate}.");
        Require(Momentum is > 0 and < 1, $"The momentum must be between 0 and 1, not {Momentum}.");
        Require(WeightDecay is >= 0 and < 1, $"The weight decay must be at least 0 and less than 1, not {WeightDecay}.");
        Require(LabelSmoothing is >= 0 and < 1, $"The label smoothing must be at least 0 and less than 1, not {LabelSmoothing}.");
        Require(Dropout is >= 0 and < 1, $"The dropout must be at least 0 and less than 1, not {Dropout}.");
        Require(Clean is >= 0 and <= 1 && Ramp is >= 0 and <= 1, "The shares of clean and of growing iterations must be 0 to 1.");
        Require(Epsilon is >= 0 and <= 1000, $"The epsilon must be 0 to 1000, not {Epsilon}.");
        Require(Replay is >= 1 and <= 16, $"A batch can be used 1 to 16 times, not {Replay}.");
        Require(CutMix is >= 0 and <= 1 && Blur is >= 0 and <= 1, "The shares of mixed and of blurred batches must be 0 to 1.");
        Require(Noise is >= 0 and <= 10, $"The noise must be 0 to 10, not {Noise}.");
        Require(Threads is >= 0 and <= 1024, $"The threads must be 0 to 1024, not {Threads}.");
        TorchThread.Device(Device);
    }

    /// <summary>How options are written: in snake case.</summary>
    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static void Require(bool condition, string problem)
    {
        if (!condition)
            throw new ArgumentException(problem);
    }
}
