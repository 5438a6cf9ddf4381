namespace DreamFarm.Networks;

/// <summary>
/// What a network expects in place of the canvas's RGB in [-1, 1]: channel c becomes
/// <c>((canvas + 1) / 2 - Mean[c]) / Std[c]</c>.
/// </summary>
/// <param name="Mean">In the order of the network's channels, with white as 1.</param>
/// <param name="Std">In the order of the network's channels, with white as 1.</param>
/// <param name="Bgr">Whether the network's channels are blue, green, red.</param>
public sealed record Preprocessing(IReadOnlyList<float> Mean, IReadOnlyList<float> Std, bool Bgr = false)
{
    /// <summary>torchvision's values for networks trained on ImageNet.</summary>
    public static Preprocessing ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Which channel of the canvas (red, green, blue) the network's channel is.</summary>
    public int CanvasChannel(int channel) => Bgr ? 2 - channel : channel;
}
