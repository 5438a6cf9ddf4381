using System.Globalization;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>A spec as listings show it: the names and values of the flags.</summary>
internal sealed record SpecView(
    string Network,
    string? WeightsSha256,
    string Objective,
    string? GuideSha256,
    int Octaves,
    double OctaveScale,
    string OctaveMode,
    int Steps,
    double StepSize,
    string Normaliser,
    string Filter,
    string Tile,
    int MaxRoll,
    string Context,
    string Boundary,
    ulong Seed,
    double? Scale,
    string? OutputSize,
    bool Mixed)
{
    public static SpecView Of(V1.Spec spec) => new(
        spec.Network,
        spec.HasWeightsSha256 ? spec.WeightsSha256 : null,
        spec.HasObjective ? spec.Objective : FormerObjective(spec),
        spec.HasGuideSha256 ? spec.GuideSha256 : null,
        spec.Octaves,
        spec.OctaveScale,
        spec.OctaveMode.ToString().ToLowerInvariant(),
        spec.Steps,
        spec.StepSize,
        spec.Normaliser == V1.Normaliser.MeanAbs ? "mean-abs" : "std",
        spec.Filter?.KindCase switch
        {
            V1.Filter.KindOneofCase.Gaussian => string.Create(CultureInfo.InvariantCulture, $"gaussian:{spec.Filter.Gaussian:R}"),
            V1.Filter.KindOneofCase.Laplacian => string.Create(CultureInfo.InvariantCulture, $"laplacian:{spec.Filter.Laplacian}"),
            _ => "none",
        },
        spec.Tile == 0 ? "auto" : spec.Tile.ToString(CultureInfo.InvariantCulture),
        spec.MaxRoll,
        spec.Context?.KindCase switch
        {
            V1.Context.KindOneofCase.Pixels => spec.Context.Pixels.ToString(CultureInfo.InvariantCulture),
            V1.Context.KindOneofCase.Exact => "exact",
            _ => "auto",
        },
        spec.Boundary.ToString().ToLowerInvariant(),
        spec.Seed,
        spec.SizeCase == V1.Spec.SizeOneofCase.Scale ? spec.Scale : null,
        OutputSizeOf(spec),
        spec.Mixed);

    private static string? OutputSizeOf(V1.Spec spec) =>
        spec.SizeCase == V1.Spec.SizeOneofCase.OutputSize ? Text(spec.OutputSize)
        : spec.ResultSize?.KindCase switch
        {
            V1.ResultSize.KindOneofCase.Input => "input",
            V1.ResultSize.KindOneofCase.Pixels => Text(spec.ResultSize.Pixels),
            _ => null,
        };

    private static string Text(V1.Size size) => $"{size.Width}x{size.Height}";

    /// <summary>The objective of a job that was stored before it was a text: one kind for all layers.</summary>
    private static string FormerObjective(V1.Spec spec)
    {
        string kind = spec.LayersObjective == V1.Objective.Mean ? "mean" : "l2";
        return string.Join(',', spec.Layers.Split(',').Select(layer => $"{kind}({layer.Replace(":", "):", StringComparison.Ordinal)}"));
    }
}
