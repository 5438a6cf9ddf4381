using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;

namespace DreamFarm.Protocol.Specs;

/// <summary>
/// The one place that validates a spec, fills in its defaults (the network's own, then the reference script's) and plans
/// the job. Clients use it before they upload, the coordinator before it accepts, and `render` before it begins.
/// </summary>
public static class SpecReader
{
    /// <summary>Windows and cores are addressed as one span of 3 values a pixel.</summary>
    private const long LargestWindow = int.MaxValue / 3;

    /// <summary>A step's tiles are listed; a tile so small that there are more than this only wastes work on context.</summary>
    private const long MostTiles = 1_000_000;

    /// <summary>Reads a spec for an input image.</summary>
    /// <param name="spec">As it was sent; not changed.</param>
    /// <param name="input">Size of the input image, pixels, at least 1x1.</param>
    /// <param name="plan">What was read, or null.</param>
    /// <param name="problem">One sentence that names the field by its flag and what would be accepted, or null.</param>
    public static bool TryRead(V1.Spec spec, Size input, [NotNullWhen(true)] out JobPlan? plan, [NotNullWhen(false)] out string? problem)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Height, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Width, 1, nameof(input));
        plan = null;
        if (!TryFindNetwork(spec, out var network, out problem))
            return false;
        problem = CheckWeights(spec, network);
        if (problem is not null)
            return false;

        var resolved = WithDefaults(spec, network);
        problem = CheckNumbers(resolved) ?? CheckNames(spec);
        if (problem is not null)
            return false;
        if (!TryReadObjective(spec, network, out var parsed, out var geometry, out problem))
            return false;
        var objective = parsed.Objective;
        resolved.Objective = parsed.ToString();

        var evaluation = geometry.Evaluate(objective.Layers);
        problem = CheckGuide(resolved, objective)
            ?? CheckMultiple(SpecFields.Tile, resolved.Tile, evaluation.Stride, objective.Layers)
            ?? (resolved.Context.KindCase == V1.Context.KindOneofCase.Pixels
                ? CheckMultiple(SpecFields.Context, resolved.Context.Pixels, evaluation.Stride, objective.Layers)
                : null);
        if (problem is not null || !TryGetOutput(resolved, input, out var output, out problem))
            return false;
        var result = ResultSize(resolved, input, output);
        problem = CheckResult(resolved, result);
        if (problem is not null)
            return false;

        var dream = new DreamSpec
        {
            Input = input,
            Output = output,
            Octaves = resolved.Octaves,
            OctaveScale = resolved.OctaveScale,
            OctaveMode = resolved.OctaveMode == V1.OctaveMode.Upscale ? OctaveMode.Upscale : OctaveMode.Detail,
            Steps = resolved.Steps,
            StepSize = resolved.StepSize,
            Tile = resolved.Tile,
            Stride = evaluation.Stride,
            Context = resolved.Context.KindCase switch
            {
                V1.Context.KindOneofCase.Pixels => resolved.Context.Pixels,
                V1.Context.KindOneofCase.Exact => evaluation.ExactContext,
                _ => evaluation.AutomaticContext.Pixels,
            },
            MaxRoll = resolved.MaxRoll,
            Boundary = resolved.Boundary == V1.Boundary.Reflect ? Boundary.Reflect : Boundary.Wrap,
            Seed = resolved.Seed,
            Normaliser = resolved.Normaliser == V1.Normaliser.MeanAbs ? Normaliser.MeanMagnitude : Normaliser.StandardDeviation,
            Filter = resolved.Filter.KindCase switch
            {
                V1.Filter.KindOneofCase.Gaussian => new GaussianFilter(resolved.Filter.Gaussian),
                V1.Filter.KindOneofCase.Laplacian => new LaplacianFilter(resolved.Filter.Laplacian),
                _ => null,
            },
            TotalVariation = parsed.TotalVariation,
            Distance = parsed.Distance,
        };
        if (Plan.Create(dream, out problem) is not { } octaves || (problem = CheckTiles(octaves)) is not null)
        {
            problem ??= "the spec cannot be planned";
            return false;
        }
        if (evaluation.IsGlobal && octaves.Octaves.FirstOrDefault(octave => octave.TilesAt(0) is not { Rows: 1, Columns: 1 }) is { } parted)
        {
            problem = $"--objective: {resolved.Objective} looks at the whole canvas at once, and octave {parted.Index + 1} of {parted.Size} pixels is more than one tile: take layers before the global operation, a smaller output, or --tile of at least {Math.Max(parted.Size.Height, parted.Size.Width)}";
            return false;
        }

        plan = new JobPlan
        {
            Spec = resolved,
            Network = network,
            Evaluation = evaluation,
            Objective = objective,
            Plan = octaves,
            Result = result,
            WeightsSha256 = resolved.HasWeightsSha256 ? resolved.WeightsSha256 : "",
            GuideSha256 = resolved.HasGuideSha256 ? resolved.GuideSha256 : "",
        };
        return true;
    }

    /// <summary>Size of the picture that results, pixels.</summary>
    /// <param name="spec">A spec that was read; see <see cref="JobPlan.Spec"/>.</param>
    /// <param name="input">Size of the input image, pixels.</param>
    /// <param name="canvas">Size of the canvas, pixels.</param>
    public static Size ResultSize(V1.Spec spec, Size input, Size canvas) => spec.ResultSize?.KindCase switch
    {
        V1.ResultSize.KindOneofCase.Input => input,
        V1.ResultSize.KindOneofCase.Pixels => new Size(spec.ResultSize.Pixels.Height, spec.ResultSize.Pixels.Width),
        _ => canvas,
    };

    /// <summary>What a spec says of its objective and layers, as names of its network.</summary>
    public static bool TryReadObjective(
        V1.Spec spec,
        [NotNullWhen(true)] out ParsedObjective? parsed,
        [NotNullWhen(true)] out NetworkGeometry? geometry,
        [NotNullWhen(false)] out string? problem)
    {
        (parsed, geometry) = (null, null);
        return TryFindNetwork(spec, out var network, out problem) && TryReadObjective(spec, network, out parsed, out geometry, out problem);
    }

    /// <summary>The network that a spec describes or names, or the default.</summary>
    public static bool TryFindNetwork(V1.Spec spec, [NotNullWhen(true)] out NetworkDescription? network, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            network = spec.HasGraph ? NetworkDescriptionJson.Read(spec.Graph.Span) : spec.HasNetwork ? NetworkCatalog.Find(spec.Network) : NetworkCatalog.Default;
            problem = network is null ? $"--network: {NetworkCatalog.DescribeUnknown(spec.Network)}" : null;
        }
        catch (ArgumentException e)
        {
            (network, problem) = (null, $"graph: {e.Message}");
        }
        return problem is null;
    }

    /// <summary>Writes into a spec whose weights it takes, and what they say of their network.</summary>
    public static void Name(V1.Spec spec, NetworkWeights weights)
    {
        using var builtIn = WeightFile.OpenBuiltIn(weights.Network);
        spec.Network = weights.Network.Name;
        if (weights.Sha256 == builtIn?.Sha256)
            spec.ClearWeightsSha256();
        else
            spec.WeightsSha256 = weights.Sha256;
        if (weights.IsCatalogued)
            spec.ClearGraph();
        else
            spec.Graph = Google.Protobuf.ByteString.CopyFrom(NetworkDescriptionJson.Write(weights.Network));
    }

    private static string? CheckWeights(V1.Spec spec, NetworkDescription network)
    {
        if (!spec.HasWeightsSha256)
        {
            return network.BuiltInWeights is null
                ? $"--weights is needed, for {network.Name} has no built-in weights: name their file"
                : null;
        }
        return AssetHash.IsValid(spec.WeightsSha256)
            ? null
            : "--weights must be known by a SHA-256 of 64 lowercase hexadecimal digits";
    }

    private static V1.Spec WithDefaults(V1.Spec spec, NetworkDescription network)
    {
        var own = network.Defaults;
        var resolved = new V1.Spec
        {
            Network = network.Name,
            Octaves = spec.HasOctaves ? spec.Octaves : own.Octaves ?? 1,
            OctaveScale = spec.HasOctaveScale ? spec.OctaveScale : own.OctaveScale ?? 1.4,
            OctaveMode = spec.OctaveMode == V1.OctaveMode.Unspecified ? V1.OctaveMode.Detail : spec.OctaveMode,
            Steps = spec.HasSteps ? spec.Steps : own.Steps ?? 4,
            StepSize = spec.HasStepSize ? spec.StepSize : own.StepSize ?? 0.02,
            Tile = spec.Tile,
            MaxRoll = spec.HasMaxRoll ? spec.MaxRoll : 512,
            // An empty choice, or one that was chosen with "false", says nothing.
            Context = spec.Context switch
            {
                { KindCase: V1.Context.KindOneofCase.Pixels } => new V1.Context { Pixels = spec.Context.Pixels },
                { KindCase: V1.Context.KindOneofCase.Exact, Exact: true } => new V1.Context { Exact = true },
                _ => new V1.Context { Automatic = true },
            },
            Boundary = spec.Boundary == V1.Boundary.Unspecified ? V1.Boundary.Wrap : spec.Boundary,
            Seed = spec.HasSeed ? spec.Seed : 1,
            Normaliser = spec.Normaliser == V1.Normaliser.Unspecified ? V1.Normaliser.Std : spec.Normaliser,
            Filter = spec.Filter switch
            {
                { KindCase: V1.Filter.KindOneofCase.Gaussian or V1.Filter.KindOneofCase.Laplacian } => spec.Filter.Clone(),
                _ => new V1.Filter { None = true },
            },
            Mixed = spec.Mixed,
        };
        if (spec.HasWeightsSha256)
            resolved.WeightsSha256 = spec.WeightsSha256;
        if (spec.HasGraph)
            resolved.Graph = spec.Graph;
        if (spec.HasGuideSha256)
            resolved.GuideSha256 = spec.GuideSha256;
        if (spec.SizeCase == V1.Spec.SizeOneofCase.OutputSize)
            resolved.OutputSize = spec.OutputSize.Clone();
        else
            resolved.Scale = spec.SizeCase == V1.Spec.SizeOneofCase.Scale ? spec.Scale : 1;
        if (spec.ResultSize is { KindCase: V1.ResultSize.KindOneofCase.Pixels } or { KindCase: V1.ResultSize.KindOneofCase.Input, Input: true })
            resolved.ResultSize = spec.ResultSize.Clone();
        return resolved;
    }

    private static string? CheckNumbers(V1.Spec spec) =>
        SpecFields.Octaves.Check(spec.Octaves)
        ?? SpecFields.OctaveScale.Check(spec.OctaveScale)
        ?? SpecFields.Steps.Check(spec.Steps)
        ?? SpecFields.StepSize.Check(spec.StepSize)
        ?? SpecFields.Tile.Check(spec.Tile)
        ?? SpecFields.MaxRoll.Check(spec.MaxRoll)
        ?? (spec.Context.KindCase == V1.Context.KindOneofCase.Pixels ? SpecFields.Context.Check(spec.Context.Pixels) : null)
        ?? (spec.Filter.KindCase == V1.Filter.KindOneofCase.Gaussian ? SpecFields.Gaussian.Check(spec.Filter.Gaussian) : null)
        ?? (spec.Filter.KindCase == V1.Filter.KindOneofCase.Laplacian ? SpecFields.Laplacian.Check(spec.Filter.Laplacian) : null);

    private static string? CheckNames(V1.Spec spec)
    {
        if (!Enum.IsDefined(spec.LayersObjective))
            return $"--objective must be l2 or mean, not number {(int)spec.LayersObjective}";
        if (!Enum.IsDefined(spec.OctaveMode))
            return $"--octave-mode must be detail or upscale, not number {(int)spec.OctaveMode}";
        if (!Enum.IsDefined(spec.Boundary))
            return $"--boundary must be wrap or reflect, not number {(int)spec.Boundary}";
        if (!Enum.IsDefined(spec.Normaliser))
            return $"--normaliser must be std or mean-abs, not number {(int)spec.Normaliser}";
        return null;
    }

    private static bool TryReadObjective(
        V1.Spec spec, NetworkDescription network, [NotNullWhen(true)] out ParsedObjective? parsed, out NetworkGeometry geometry, [NotNullWhen(false)] out string? problem)
    {
        geometry = new NetworkGeometry(network);
        return ObjectiveSyntax.TryParse(spec.HasLayers ? spec.Layers : null, WrittenObjective(spec), geometry, out parsed, out problem);
    }

    /// <summary>The objective as it was written, or as a spec had it before it became a text; null for the default.</summary>
    private static string? WrittenObjective(V1.Spec spec) => spec switch
    {
        { HasObjective: true } => spec.Objective,
        { LayersObjective: V1.Objective.Mean } => "mean",
        _ => null,
    };

    private static string? CheckGuide(V1.Spec spec, Networks.Objective objective)
    {
        if (objective.GuidedLayers.Count == 0)
            return spec.HasGuideSha256 ? $"--guide is given, but nothing in the objective {spec.Objective} is guided by it: add guide to --objective" : null;
        if (!spec.HasGuideSha256)
            return $"--guide is needed, for the objective guides {string.Join(" and ", objective.GuidedLayers)}: name an image";
        return AssetHash.IsValid(spec.GuideSha256) ? null : "--guide must be known by a SHA-256 of 64 lowercase hexadecimal digits";
    }

    private static string? CheckMultiple(IntegerField field, int value, int stride, IReadOnlyList<string> layers)
    {
        int below = value / stride * stride, above = below + stride;
        if (below == value)
            return null;
        string nearest = below == 0 && field == SpecFields.Tile ? $"{above}" : above > field.Maximum ? $"{below}" : $"{below} or {above}";
        return $"{field.Flag} must be a multiple of {stride} pixels, the stride of {string.Join(", ", layers)}: {nearest}, not {value}";
    }

    private static bool TryGetOutput(V1.Spec spec, Size input, out Size output, [NotNullWhen(false)] out string? problem)
    {
        double height, width;
        string flag;
        if (spec.SizeCase == V1.Spec.SizeOneofCase.OutputSize)
        {
            flag = SpecFields.OutputSide.Flag;
            (height, width) = (spec.OutputSize.Height, spec.OutputSize.Width);
            problem = SpecFields.OutputSide.Check(spec.OutputSize.Width) ?? SpecFields.OutputSide.Check(spec.OutputSize.Height);
        }
        else
        {
            flag = SpecFields.Scale.Flag;
            (height, width) = (Side(input.Height, spec.Scale), Side(input.Width, spec.Scale));
            problem = SpecFields.Scale.Check(spec.Scale);
        }
        output = default;
        if (problem is not null)
            return false;
        if (height * width > SpecFields.MaximumPixels || Math.Max(height, width) > SpecFields.OutputSide.Maximum)
        {
            problem = string.Create(CultureInfo.InvariantCulture,
                $"{flag}: the canvas would be {width:F0}x{height:F0} pixels; it can have at most {SpecFields.MaximumPixels / 1_000_000} megapixels and {SpecFields.OutputSide.Maximum} pixels on a side");
            return false;
        }
        output = new Size((int)height, (int)width);
        return true;

        // Half to even, as the reference rounds.
        static double Side(int side, double scale) => Math.Max(1, Math.Round(side * scale));
    }

    private static string? CheckResult(V1.Spec spec, Size result)
    {
        if (spec.ResultSize is not { KindCase: V1.ResultSize.KindOneofCase.Pixels })
            return null;
        return SpecFields.OutputSide.Check(result.Width)
            ?? SpecFields.OutputSide.Check(result.Height)
            ?? (result.Pixels > SpecFields.MaximumPixels
                ? $"{SpecFields.OutputSide.Flag}: the result would be {result} pixels; it can have at most {SpecFields.MaximumPixels / 1_000_000} megapixels"
                : null);
    }

    private static string? CheckTiles(Plan plan)
    {
        if (plan.LargestWindow > LargestWindow)
        {
            return $"--tile and --context make windows of up to {plan.LargestWindow} pixels; they can have at most {LargestWindow}: take a smaller tile";
        }
        var last = plan.Octaves[^1];
        // One more than fits on each side, for a roll that splits the first.
        long tiles = (last.Size.Height / (long)last.Tile + 2) * (last.Size.Width / (long)last.Tile + 2);
        return tiles > MostTiles
            ? $"--tile {last.Tile} would cut {last.Size} pixels into about {tiles} tiles; there can be at most {MostTiles}: take a larger tile"
            : null;
    }
}
