using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>Everything that can be said about a dream. What is added here is a flag of every command that dreams and a key of spec files.</summary>
internal static class SpecKeys
{
    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<SpecKey> All { get; } =
    [
        SpecKey.Text("network", "NAME", "the network; `dreamfarm networks list` shows them (default: motif)", (spec, text) => spec.Network = text),
        SpecKey.File("weights", "the network's weights, .safetensors, .pth, .caffemodel, .h5 or .onnx (default: those in the network itself, $DREAMFARM_MODELS or the cache)",
            (draft, path) => draft.WeightsFile = path),
        SpecKey.Text("layers", "LAYERS", "layers, channels and their weights, such as 5a:1,4c[3,17-20]:0.5 or 4c[strongest 3]; `dreamfarm networks layers` shows the layers (default: the network's own)",
            (spec, text) => spec.Layers = text),
        SpecKey.Text("objective", "OBJECTIVE", "what is amplified: l2, mean or guide for the layers, or for one of its own, as in l2,mean(logits[spiral]):0.5; minus tv:W and original:W (default: l2)",
            (spec, text) => spec.Objective = text),
        SpecKey.File("guide", "an image that guide in the objective pulls the dream toward: each place to what looks most like it there", (draft, path) => draft.GuideFile = path),
        SpecKey.Whole(SpecFields.Octaves, "N", "number of octaves, each larger than the one before (default: the network's own)", (spec, value) => spec.Octaves = value),
        SpecKey.Number(SpecFields.OctaveScale, "size of an octave over the one before (default: the network's own)", (draft, value) => draft.Spec.OctaveScale = value),
        SpecKey.Choice("octave-mode", "adds what was dreamt to the sharp photograph at each octave, or enlarges the dream itself (default: detail)",
            (spec, value) => spec.OctaveMode = value, ("detail", V1.OctaveMode.Detail), ("upscale", V1.OctaveMode.Upscale)),
        SpecKey.Whole(SpecFields.Steps, "N", "steps in every octave (default: the network's own)", (spec, value) => spec.Steps = value),
        SpecKey.Number(SpecFields.StepSize, "how far a step goes (default: the network's own)", (draft, value) => draft.Spec.StepSize = value),
        SpecKey.Choice("normaliser", "what the gradient is divided by before a step: its standard deviation, or the mean of its magnitudes (default: std)",
            (spec, value) => spec.Normaliser = value, ("std", V1.Normaliser.Std), ("mean-abs", V1.Normaliser.MeanAbs)),
        SpecKey.Own("filter", "none|gaussian:SIGMA|laplacian:LEVELS",
            "what is done to the gradient before that: smoothed by SIGMA pixels, or patterns of LEVELS octaves of fineness brought to equal strength (default: none)",
            WriteFilter),
        SpecKey.Whole(SpecFields.Tile, "N|auto", "side of a tile's core in pixels (default: auto)", (spec, value) => spec.Tile = value, spec => spec.Tile = 0),
        SpecKey.Whole(SpecFields.MaxRoll, "N", "range of the random shift of the tiles in pixels (default: 512)", (spec, value) => spec.MaxRoll = value),
        SpecKey.Own("context", "N|auto|exact", "pixels that a tile sees around its core (default: auto)", WriteContext),
        SpecKey.Choice("boundary", "how the image goes on outside itself: with its other side, or mirrored (default: wrap)",
            (spec, value) => spec.Boundary = value, ("wrap", V1.Boundary.Wrap), ("reflect", V1.Boundary.Reflect)),
        SpecKey.Seed("seed", "seed of the random shifts (default: 1)", (spec, value) => spec.Seed = value),
        SpecKey.Number(SpecFields.Scale, "size of the canvas, on which all is dreamt, over the input's (default: 1)", (draft, value) => draft.Scale = value),
        SpecKey.Own("output-size", "WxH|input", "size of the result in pixels; without --scale also the canvas's (default: the canvas's)", WriteOutputSize),
        SpecKey.Switch("mixed", "lets workers of any numerics share the job; its bits are then not repeatable", (spec, value) => spec.Mixed = value),
    ];

    /// <summary>The key of a name such as <c>octave-scale</c>, or null.</summary>
    public static SpecKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    private static string? WriteContext(SpecDraft draft, string text)
    {
        if (text == "auto")
            draft.Spec.Context = new V1.Context { Automatic = true };
        else if (text == "exact")
            draft.Spec.Context = new V1.Context { Exact = true };
        else if (SpecFields.Context.TryParse(text, out int pixels, out string? problem))
            draft.Spec.Context = new V1.Context { Pixels = pixels };
        else
            return problem;
        return null;
    }

    private static string? WriteFilter(SpecDraft draft, string text)
    {
        string? problem = null;
        string value = text[(text.IndexOf(':') + 1)..];
        if (text == "none")
            draft.Spec.Filter = new V1.Filter { None = true };
        else if (text.StartsWith("gaussian:", StringComparison.Ordinal))
            draft.Spec.Filter = SpecFields.Gaussian.TryParse(value, out double sigma, out problem) ? new V1.Filter { Gaussian = sigma } : null;
        else if (text.StartsWith("laplacian:", StringComparison.Ordinal))
            draft.Spec.Filter = SpecFields.Laplacian.TryParse(value, out int levels, out problem) ? new V1.Filter { Laplacian = levels } : null;
        else
            problem = $"--filter must be none, gaussian:SIGMA such as gaussian:1.5, or laplacian:LEVELS such as laplacian:4, not \"{text}\"";
        return problem;
    }

    private static string? WriteOutputSize(SpecDraft draft, string text)
    {
        if (text == "input")
        {
            draft.OutputSize = new V1.ResultSize { Input = true };
            return null;
        }
        string[] sides = text.Split('x', 'X');
        if (sides.Length != 2)
            return $"--output-size must be WIDTHxHEIGHT in pixels, such as 6000x4000, or input, not \"{text}\"";
        if (!SpecFields.OutputSide.TryParse(sides[0], out int width, out string? problem) || !SpecFields.OutputSide.TryParse(sides[1], out int height, out problem))
            return problem;
        draft.OutputSize = new V1.ResultSize { Pixels = new V1.Size { Width = width, Height = height } };
        return null;
    }
}
