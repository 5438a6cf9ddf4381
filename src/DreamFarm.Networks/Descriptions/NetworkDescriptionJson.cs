using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace DreamFarm.Networks;

/// <summary>
/// A network's description as JSON: what a file of weights carries in its metadata to need no catalogue, and what
/// travels with a job whose network the catalogue does not know.
/// </summary>
public static partial class NetworkDescriptionJson
{
    /// <summary>The key of a .safetensors file's metadata that holds the description.</summary>
    public const string MetadataKey = "dreamfarm.network";

    private const int MostNodes = 10_000;
    private const int LongestName = 200;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
    };

    /// <summary>The description in UTF-8; equal descriptions give equal bytes.</summary>
    public static byte[] Write(NetworkDescription network) => JsonSerializer.SerializeToUtf8Bytes(network, Options);

    /// <summary>Reads and checks a description from anywhere.</summary>
    /// <exception cref="ArgumentException">It is none, or contradicts itself; one sentence that can stand behind "its description of the network cannot be used: ".</exception>
    public static NetworkDescription Read(ReadOnlySpan<byte> json)
    {
        NetworkDescription network;
        try
        {
            network = JsonSerializer.Deserialize<NetworkDescription>(json, Options) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new ArgumentException("it is not JSON of the expected form.", error);
        }

        if (Problem(network) is { } problem)
            throw new ArgumentException(problem);
        _ = new NetworkGeometry(network);
        return network;
    }

    private static string? Problem(NetworkDescription network)
    {
        if (!IsNetworkName(network.Name))
            return "its name must be 1 to 64 letters, digits, dots, dashes and underscores.";
        // The reader checks that nothing required is missing, but not what lists hold.
        if (network.Nodes.Any(node => node?.Operation is null || node.Name is null || node.Inputs is null || node.Inputs.Contains(null))
            || network.Layers.Any(layer => layer?.Name is null || layer.Aliases is null || layer.Aliases.Contains(null)))
            return "a node or a layer of it lacks something.";
        if (network.Defaults.Layers is null)
            return "its defaults name no layers.";
        if (network.Nodes.Count is 0 or > MostNodes || network.Layers.Count is 0 || network.Layers.Count > network.Nodes.Count)
            return $"it must have 1 to {MostNodes} nodes, and layers among them.";
        if (network.Nodes.FirstOrDefault(node => !IsName(node.Name)) is { } odd)
            return $"the name of a node must be 1 to {LongestName} characters without blanks and any of ,:[]()@ (it is \"{odd.Name}\").";
        if (network.Layers.SelectMany(layer => layer.Aliases).Any(alias => !IsName(alias)))
            return "the names of its layers contain blanks or any of ,:[]()@.";
        if (network.Layers.Any(layer => layer.Context is { } context && (context.Pixels is < 0 or > 4096 || context.MeasuredError is { } error && !double.IsFinite(error))))
            return "the contexts of its layers must be 0 to 4096 pixels.";
        if (network.Layers.DistinctBy(layer => layer.Name).Count() != network.Layers.Count)
            return "a layer stands in it twice.";
        if (network.FindClassesProblem() is { } classes)
            return classes;
        return network.Preprocessing is { } preprocessing
            && (preprocessing.Mean is not { Count: 3 } || preprocessing.Std is not { Count: 3 }
                || preprocessing.Mean.Concat(preprocessing.Std).Any(value => !float.IsFinite(value)) || preprocessing.Std.Any(std => std <= 0))
            ? "its preprocessing needs three means and three standard deviations above 0."
            : null;
    }

    /// <summary>Whether a network can have this name: 1 to 64 letters, digits, dots, dashes and underscores, the first one a letter or digit.</summary>
    public static bool IsNetworkName(string name) => NetworkName().IsMatch(name);

    /// <summary>Whether a node can have this name: one that the grammar of objectives can tell from everything else.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || ",:[]()@".Contains(c, StringComparison.Ordinal));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex NetworkName();
}
