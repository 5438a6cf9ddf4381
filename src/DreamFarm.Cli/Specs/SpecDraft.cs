using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>What has been said about a dream so far. Of two values for one key the later one counts.</summary>
internal sealed class SpecDraft
{
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<SpecKey, SpecOrigin> _origins = [];

    /// <summary>What was said, by the names of the keys, as it was written.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>What is said in the spec's own fields; a field that nobody wrote is unset, for the network's own default.</summary>
    public V1.Spec Spec { get; } = new();

    /// <summary>The file of the weights, or null: a spec knows them by their hash only, which is found from it.</summary>
    public string? WeightsFile { get; set; }

    /// <summary>The guide image, or null: a spec knows it by the hash of its features only, which a network has to find.</summary>
    public string? GuideFile { get; set; }

    /// <summary>Canvas over input, or null.</summary>
    public double? Scale { get; set; }

    /// <summary>The size of the result, or null.</summary>
    public V1.ResultSize? OutputSize { get; set; }

    /// <summary>Says one thing more.</summary>
    /// <param name="key">What is said.</param>
    /// <param name="text">Its value.</param>
    /// <param name="origin">Where; null on the command line.</param>
    /// <returns>Null, or one sentence that says where and which values would do.</returns>
    public string? Write(SpecKey key, string text, SpecOrigin? origin = null)
    {
        _values[key.Name] = text;
        _origins.Remove(key);
        if (origin is not null)
            _origins[key] = origin;
        return key.Write(this, text) is { } problem ? Place(problem) : null;
    }

    /// <summary>
    /// A sentence about this spec that begins with a flag, said of the spec file's line if it was that which said it.
    /// </summary>
    public string Place(string problem)
    {
        foreach (var (key, origin) in _origins)
        {
            // A flag as a whole: a sentence about --step-size is none about --step.
            if (problem.StartsWith(key.Flag, StringComparison.Ordinal) && problem.Length > key.Flag.Length && problem[key.Flag.Length] is (' ' or ':' or ','))
                return $"{origin}: {problem[2..]}";
        }
        return problem;
    }

    /// <summary>
    /// The spec with what only all keys together say: with a scale, the output size is that of the result; without, that of
    /// the canvas, which is the result.
    /// </summary>
    public V1.Spec ToSpec()
    {
        var spec = Spec.Clone();
        if (Scale is { } scale)
        {
            spec.Scale = scale;
            spec.ResultSize = OutputSize;
        }
        else if (OutputSize is { KindCase: V1.ResultSize.KindOneofCase.Pixels } size)
        {
            spec.OutputSize = size.Pixels;
        }
        return spec;
    }
}
