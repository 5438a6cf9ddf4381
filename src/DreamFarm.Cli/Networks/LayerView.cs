using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary>A layer as listings show it; stride, receptive field and contexts in pixels.</summary>
/// <param name="Name">What --layers takes.</param>
/// <param name="Aliases">What it takes as well; null for none.</param>
/// <param name="Channels">Channels of its activation.</param>
/// <param name="Stride">From one cell to the next.</param>
/// <param name="ReceptiveField">What one cell looks at, height and width; null where that is the whole canvas.</param>
/// <param name="ExactContext">What --context exact takes; null where only a canvas of one window is exact.</param>
/// <param name="AutomaticContext">What --context auto takes; null likewise.</param>
/// <param name="AutomaticContextError">The error measured for that; null if it was not measured.</param>
/// <param name="Classes">What its channels are called, from channel 0 on; null where they are no classes, or those have no names.</param>
internal sealed record LayerView(
    string Name,
    IReadOnlyList<string>? Aliases,
    int Channels,
    int Stride,
    int[]? ReceptiveField,
    int? ExactContext,
    int? AutomaticContext,
    double? AutomaticContextError,
    IReadOnlyList<string>? Classes)
{
    public static LayerView Of(Layer layer, NetworkGeometry geometry)
    {
        var node = geometry[layer.Name];
        var evaluation = geometry.Evaluate([layer.Name]);
        return new LayerView(
            layer.Name,
            layer.Aliases.Length == 0 ? null : layer.Aliases,
            node.Channels,
            node.Stride,
            node.IsGlobal ? null : [Width(node.Rows), Width(node.Columns)],
            node.IsGlobal ? null : evaluation.ExactContext,
            node.IsGlobal ? null : evaluation.AutomaticContext.Pixels,
            node.IsGlobal ? null : evaluation.AutomaticContext.MeasuredError,
            geometry.ClassesOf(layer.Name));
    }

    private static int Width(Field field) => field.Before + field.After + 1;
}
