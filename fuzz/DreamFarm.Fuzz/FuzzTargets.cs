namespace DreamFarm.Fuzz;

/// <summary>Everything that parses bytes from outside.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new SpecTarget(), new SpecFileTarget(), new LayersTarget(), new DescriptionTarget(), new SafetensorsTarget(), new PyTorchTarget(), new OldPyTorchTarget(), new CaffeTarget(), new KerasTarget(), new OnnxTarget(), new ManifestTarget(),
        new WindowTarget(), new CoreTarget(), new FrameTarget(), new AddressTarget(), new TokenTarget(), new ImageTarget(),
    ];
}
