using System.Text;

namespace DreamFarm.Networks;

/// <summary>
/// Reads an ONNX file: its graph becomes a network's description, its constants that network's tensors. What the network
/// expects as input ONNX does not say: see <see cref="InputScale"/>.
/// </summary>
internal static class OnnxReader
{
    // Of names, beside the ending that sets two of one name apart.
    private const int LongestName = 56;

    /// <summary>Whether a file can be an ONNX model: it begins with the version of its format.</summary>
    /// <param name="start">Its first bytes, nine or more.</param>
    public static bool CanStart(ReadOnlySpan<byte> start) =>
        // The tag of ir_version and a small number, and then another tag; a .safetensors' length is followed by zeros.
        start[0] == 8 && start[1] is > 0 and < 0x80 && start[2] != 0 && start[5..8].ContainsAnyExcept((byte)0);

    /// <param name="numbers">What the tensors lie in.</param>
    /// <param name="description">The network, as JSON.</param>
    /// <exception cref="WeightsException">It is no ONNX model, is damaged, or holds what cannot be dreamt; one sentence, which names the node.</exception>
    public static List<WeightTensor> Read(IWeightBytes bytes, out IWeightBytes numbers, out byte[] description)
    {
        var all = new OnnxBytes(bytes);
        var model = OnnxModelReader.Read(all, bytes);
        var scale = model.Metadata.TryGetValue(InputScale.MetadataKey, out var named)
            ? InputScale.Find(named) ?? throw new WeightsException(bytes.Name, $"its metadata says {InputScale.MetadataKey} = \"{named}\"; it can be {string.Join(", ", InputScale.All.Select(known => known.Name))}.")
            : InputScale.Default;
        var (network, tensors) = OnnxTranslation.Translate(all, model, NameOf(bytes.Name), scale.Preprocessing);
        numbers = all;
        description = NetworkDescriptionJson.Write(network);
        return tensors;
    }

    /// <summary>A network is called as its file is; one that the catalogue knows by that name is another.</summary>
    private static string NameOf(string file)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        var letters = new StringBuilder();
        foreach (var letter in stem.Take(LongestName))
            letters.Append(char.IsAsciiLetterOrDigit(letter) || (letters.Length > 0 && letter is '.' or '-' or '_') ? letter : '_');
        var name = letters.ToString().TrimStart('_');
        if (name.Length == 0)
            name = "network";
        return NetworkCatalog.Find(name) is null ? name : $"{name}-onnx";
    }
}
