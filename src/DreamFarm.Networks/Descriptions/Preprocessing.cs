namespace DreamFarm.Networks;

/// <summary>
/// What a network expects in place of the canvas's RGB in [-1, 1]: channel c becomes
/// <c>((canvas + 1) / 2 - Mean[c]) / Std[c]</c>.
/// </summary>
public sealed record Preprocessing(IReadOnlyList<float> Mean, IReadOnlyList<float> Std)
{
    /// <summary>torchvision's values for networks trained on ImageNet.</summary>
    public static Preprocessing ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
}
