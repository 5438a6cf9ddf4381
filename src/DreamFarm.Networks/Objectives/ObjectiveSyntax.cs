using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>How people write an objective's layers: <c>fire8:1,fire6:0.5</c>; a layer without a weight has weight 1.</summary>
public static class ObjectiveSyntax
{
    /// <summary>
    /// Reads <paramref name="text"/> as layers of <paramref name="network"/>. Weights are finite and not 0; a negative
    /// one suppresses what its layer sees. Where it fails, <paramref name="problem"/> is one sentence that names the
    /// wrong part and what would be right.
    /// </summary>
    public static bool TryParse(
        string text,
        ObjectiveKind kind,
        NetworkDescription network,
        [NotNullWhen(true)] out Objective? objective,
        [NotNullWhen(false)] out string? problem)
    {
        objective = null;
        var layers = new List<WeightedLayer>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParsePart(part, text, network, out var layer, out problem))
                return false;
            if (layers.Any(other => other.Layer == layer.Layer))
            {
                problem = $"layer \"{layer.Layer}\" stands twice in \"{text}\"; give it one weight.";
                return false;
            }

            layers.Add(layer);
        }

        problem = null;
        objective = new Objective(kind, layers);
        return true;
    }

    private static bool TryParsePart(string part, string text, NetworkDescription network, out WeightedLayer layer, [NotNullWhen(false)] out string? problem)
    {
        layer = default;
        var colon = part.IndexOf(':', StringComparison.Ordinal);
        var name = (colon < 0 ? part : part[..colon]).TrimEnd();
        var number = colon < 0 ? "1" : part[(colon + 1)..].TrimStart();
        var weight = 0.0;
        if (name.Length == 0)
            problem = $"a layer's name is missing in \"{text}\"; write layers as in \"{network.Defaults.Layers}\", with commas between them.";
        else if (network.Layers.All(known => known.Name != name))
            problem = $"{network.Name} has no layer \"{name}\"; {NearestName.Suggest(name, network.Layers.Select(known => known.Name))}";
        else if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out weight))
            problem = $"\"{number}\" is no weight for layer \"{name}\"; write a number such as 0.5 behind the colon.";
        else if (!double.IsFinite(weight) || weight == 0)
            problem = $"the weight of layer \"{name}\" is {number}; it has to be finite and not 0.";
        else
            problem = null;

        layer = new WeightedLayer(name, weight);
        return problem is null;
    }
}
