using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary>A layer as listings show it; stride and context in pixels.</summary>
internal sealed record LayerView(string Name, int Stride, int Channels, int ExactContext, int AutomaticContext, double? AutomaticContextError)
{
    public static LayerView Of(Layer layer, NetworkGeometry geometry)
    {
        var evaluation = geometry.Evaluate([layer.Name]);
        return new LayerView(
            layer.Name,
            evaluation.Stride,
            geometry[layer.Name].Channels,
            evaluation.ExactContext,
            evaluation.AutomaticContext.Pixels,
            evaluation.AutomaticContext.MeasuredError);
    }
}
