using DreamFarm.Cli.Failures;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>What has been said about a dream so far. Of two values for one key the later one counts.</summary>
internal sealed class SpecDraft
{
    /// <summary>What is said in the spec's own fields; a field that nobody wrote is unset, for the network's own default.</summary>
    public V1.Spec Spec { get; } = new();

    /// <summary>The file of the weights, or null: a spec knows them by their hash only, which is found from it.</summary>
    public string? WeightsFile { get; set; }

    /// <summary>Canvas over input, or null.</summary>
    public double? Scale { get; set; }

    /// <summary>The size that was asked for; null for the input's or if nothing was said.</summary>
    public V1.Size? OutputSize { get; set; }

    /// <summary>The spec with what only all keys together say.</summary>
    /// <exception cref="UserException">Two keys do not go together; one sentence that names them.</exception>
    public V1.Spec ToSpec()
    {
        var spec = Spec.Clone();
        if (Scale is { } scale)
        {
            if (OutputSize is not null)
                throw new UserException("--scale and --output-size say the same thing: give one of them");
            spec.Scale = scale;
        }
        else if (OutputSize is { } size)
        {
            spec.OutputSize = size;
        }
        return spec;
    }
}
