namespace DreamFarm.Networks;

/// <summary>
/// A usual way to hand a picture to a network, by name: ONNX does not say which one a model expects. A model can say so in its
/// metadata_props, under <see cref="MetadataKey"/>; whoever imports it can say it too.
/// </summary>
/// <param name="Name">What users call it.</param>
/// <param name="Summary">What it does with a picture, for listings.</param>
/// <param name="Preprocessing">The same in numbers; null is the canvas as it is.</param>
public sealed record InputScale(string Name, string Summary, Preprocessing? Preprocessing)
{
    /// <summary>The key of an ONNX model's metadata_props that names one of these.</summary>
    public const string MetadataKey = "dreamfarm.preprocessing";

    private const float White = 1 / 255f;

    /// <summary>Every one, the default first.</summary>
    public static IReadOnlyList<InputScale> All { get; } =
    [
        new("imagenet", "RGB with ImageNet's mean and standard deviation, as torchvision's networks", Preprocessing.ImageNet),
        new("canvas", "RGB in [-1, 1], as TensorFlow's Inception and MobileNet", null),
        new("unit", "RGB in [0, 1]", new([0, 0, 0], [1, 1, 1])),
        new("bytes", "RGB in [0, 255], for models that scale it themselves", new([0, 0, 0], [White, White, White])),
        new("caffe", "BGR in [0, 255] less the mean 104, 117, 123, as Caffe's networks", new([104 * White, 117 * White, 123 * White], [White, White, White], Bgr: true)),
    ];

    /// <summary>What a model gets that says nothing.</summary>
    public static InputScale Default => All[0];

    /// <summary>The one of that name, or null.</summary>
    public static InputScale? Find(string name) => All.FirstOrDefault(scale => scale.Name == name);
}
