using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Failures;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>The flags that say what to dream. A flag that is not given leaves its field unset, for the network's own default.</summary>
internal sealed class SpecFlags
{
    private readonly Option<string?> _network = Flag("--network", "NAME", "the network; `dreamfarm networks list` shows them (default: motif)");
    private readonly Option<string?> _weights = Flag("--weights", "FILE", "the network's weights, .safetensors or .pth (default: those in the network itself, $DREAMFARM_MODELS or the cache)");
    private readonly Option<string?> _layers = Flag("--layers", "LAYERS", "layers and their weights, such as 5a:1,4c:0.5; `dreamfarm networks layers` shows them (default: the network's own)");
    private readonly Option<string?> _objective = Flag("--objective", "l2|mean", "what is amplified: squared activations or plain ones (default: l2)");
    private readonly Option<string?> _octaves = Flag("--octaves", "N", "number of octaves, each larger than the one before (default: the network's own)");
    private readonly Option<string?> _octaveScale = Flag("--octave-scale", "F", "size of an octave over the one before (default: the network's own)");
    private readonly Option<string?> _octaveMode = Flag("--octave-mode", "detail|upscale", "adds what was dreamt to the sharp photograph at each octave, or enlarges the dream itself (default: detail)");
    private readonly Option<string?> _steps = Flag("--steps", "N", "steps in every octave (default: the network's own)");
    private readonly Option<string?> _stepSize = Flag("--step-size", "F", "how far a step goes (default: the network's own)");
    private readonly Option<string?> _tile = Flag("--tile", "N|auto", "side of a tile's core in pixels (default: auto)");
    private readonly Option<string?> _maxRoll = Flag("--max-roll", "N", "range of the random shift of the tiles in pixels (default: 512)");
    private readonly Option<string?> _context = Flag("--context", "N|auto|exact", "pixels that a tile sees around its core (default: auto)");
    private readonly Option<string?> _boundary = Flag("--boundary", "wrap|reflect", "how the image goes on outside itself: with its other side, or mirrored (default: wrap)");
    private readonly Option<string?> _seed = Flag("--seed", "N", "seed of the random shifts (default: 1)");
    private readonly Option<string?> _scale = Flag("--scale", "F", "size of the canvas over the input's (default: 1)");
    private readonly Option<string?> _outputSize = Flag("--output-size", "WxH|input", "size of the canvas in pixels (default: input)");
    private readonly Option<bool> _mixed = new("--mixed") { Description = "lets workers of any numerics share the job; its bits are then not repeatable" };

    /// <summary>Adds the flags to a command.</summary>
    public SpecFlags(Command command)
    {
        foreach (var option in (Option[])[_network, _weights, _layers, _objective, _octaves, _octaveScale, _octaveMode, _steps, _stepSize,
            _tile, _maxRoll, _context, _boundary, _seed, _scale, _outputSize, _mixed])
            command.Add(option);
    }

    /// <summary>The file given with --weights, or null.</summary>
    public string? Weights(ParseResult parsed) => parsed.GetValue(_weights);

    /// <summary>What the flags say, without the weights.</summary>
    /// <exception cref="UserException">A value makes no sense.</exception>
    public V1.Spec Read(ParseResult parsed)
    {
        var spec = new V1.Spec { Mixed = parsed.GetValue(_mixed) };
        if (parsed.GetValue(_network) is { } network)
            spec.Network = network;
        if (parsed.GetValue(_layers) is { } layers)
            spec.Layers = layers;
        if (Choice(parsed, _objective, ("l2", V1.Objective.L2), ("mean", V1.Objective.Mean)) is { } objective)
            spec.Objective = objective;
        if (Choice(parsed, _octaveMode, ("detail", V1.OctaveMode.Detail), ("upscale", V1.OctaveMode.Upscale)) is { } mode)
            spec.OctaveMode = mode;
        if (Choice(parsed, _boundary, ("wrap", V1.Boundary.Wrap), ("reflect", V1.Boundary.Reflect)) is { } boundary)
            spec.Boundary = boundary;
        if (Number(parsed, _octaves, SpecFields.Octaves) is { } octaves)
            spec.Octaves = octaves;
        if (Number(parsed, _octaveScale, SpecFields.OctaveScale) is { } octaveScale)
            spec.OctaveScale = octaveScale;
        if (Number(parsed, _steps, SpecFields.Steps) is { } steps)
            spec.Steps = steps;
        if (Number(parsed, _stepSize, SpecFields.StepSize) is { } stepSize)
            spec.StepSize = stepSize;
        if (parsed.GetValue(_tile) is not "auto" && Number(parsed, _tile, SpecFields.Tile) is { } tile)
            spec.Tile = tile;
        if (Number(parsed, _maxRoll, SpecFields.MaxRoll) is { } maxRoll)
            spec.MaxRoll = maxRoll;
        if (parsed.GetValue(_seed) is { } seed)
        {
            spec.Seed = ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : throw new UserException($"--seed must be 0 to {ulong.MaxValue}, not \"{seed}\"");
        }
        spec.Context = parsed.GetValue(_context) switch
        {
            null => null,
            "auto" => new V1.Context { Automatic = true },
            "exact" => new V1.Context { Exact = true },
            _ => new V1.Context { Pixels = Number(parsed, _context, SpecFields.Context)!.Value },
        };
        ReadSize(parsed, spec);
        return spec;
    }

    private void ReadSize(ParseResult parsed, V1.Spec spec)
    {
        string? size = parsed.GetValue(_outputSize);
        if (Number(parsed, _scale, SpecFields.Scale) is { } scale)
        {
            if (size is not null)
                throw new UserException("--scale and --output-size say the same thing: give one of them");
            spec.Scale = scale;
        }
        else if (size is not (null or "input"))
        {
            string[] sides = size.Split('x', 'X');
            if (sides.Length != 2)
                throw new UserException($"--output-size must be WIDTHxHEIGHT in pixels, such as 6000x4000, or input, not \"{size}\"");
            spec.OutputSize = new V1.Size { Width = Side(sides[0]), Height = Side(sides[1]) };
        }

        static int Side(string text) => SpecFields.OutputSide.TryParse(text, out int value, out string? problem) ? value : throw new UserException(problem);
    }

    private static int? Number(ParseResult parsed, Option<string?> option, IntegerField field) =>
        parsed.GetValue(option) is not { } text ? null : field.TryParse(text, out int value, out string? problem) ? value : throw new UserException(problem);

    private static double? Number(ParseResult parsed, Option<string?> option, NumberField field) =>
        parsed.GetValue(option) is not { } text ? null : field.TryParse(text, out double value, out string? problem) ? value : throw new UserException(problem);

    private static T? Choice<T>(ParseResult parsed, Option<string?> option, params (string Name, T Value)[] choices)
        where T : struct
    {
        if (parsed.GetValue(option) is not { } text)
            return null;
        foreach (var (name, value) in choices)
        {
            if (name == text)
                return value;
        }
        throw new UserException($"{option.Name} must be {string.Join(" or ", choices.Select(choice => choice.Name))}, not \"{text}\"");
    }

    private static Option<string?> Flag(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
