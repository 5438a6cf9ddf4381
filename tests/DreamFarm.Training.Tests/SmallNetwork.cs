using DreamFarm.Networks;

namespace DreamFarm.Training.Tests;

/// <summary>A network of every operation that motif has, small enough to be trained in a second.</summary>
internal static class SmallNetwork
{
    public static NetworkDescription Description { get; } = new()
    {
        Name = "small",
        Summary = "for tests",
        Nodes =
        [
            new("conv1", new Convolution("conv1", 8, 5, Stride: 2, Padding: 2), Node.Input),
            new("pool1", new MaxPooling(3, 2, Padding: 1), "conv1"),
            new("a", new Convolution("mixed.a", 8, 1), "pool1"),
            new("b_reduce", new Convolution("mixed.b_reduce", 6, 1), "pool1"),
            new("b", new Convolution("mixed.b", 8, 3, Padding: 1), "b_reduce"),
            new("mixed", new Concatenation(), "a", "b"),
            new("logits", new Convolution("classifier", 5, 1, Relu: false) { Dense = true, AnyChannels = true }, "mixed"),
        ],
        Layers = [new("mixed", null), new("logits", null)],
        Defaults = new("mixed"),
    };

    public static TrainingOptions Options { get; } = new() { Crop = 32, Batch = 16, Epochs = 8, Noise = 0.05, Epsilon = 0.5, Threads = 2, Seed = 5 };
}
