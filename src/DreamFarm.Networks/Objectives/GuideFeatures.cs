using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DreamFarm.Networks;

/// <summary>
/// The features of a guide image at the layers that an objective guides. They travel as a .safetensors file with one float32 tensor
/// [cells, channels] a layer, by its name, and are known by that file's SHA-256.
/// </summary>
public sealed class GuideFeatures
{
    /// <summary>More cells than this are no small image; every cell of a dream is compared with each of them.</summary>
    public const int MostCells = 1 << 16;

    /// <summary>Numbers of all layers: what reads them has them in memory, several times over.</summary>
    private const long MostValues = 1 << 26;

    private readonly Dictionary<string, GuidedLayer> _layers;

    /// <param name="layers">At least one, with finite values.</param>
    public GuideFeatures(IReadOnlyDictionary<string, GuidedLayer> layers)
    {
        _layers = new(layers, StringComparer.Ordinal);
        var numbers = new byte[layers.Values.Sum(layer => (long)layer.Values.Length * sizeof(float))];
        var bytes = new MemoryWeightBytes("the guide", numbers);
        var tensors = new List<WeightTensor>();
        int done = 0;
        foreach (var (name, layer) in layers.OrderBy(layer => layer.Key, StringComparer.Ordinal))
        {
            tensors.Add(new WeightTensor(bytes, name, [layer.Cells, layer.Channels], WeightElement.Float32, done));
            MemoryMarshal.AsBytes(layer.Values.Span).CopyTo(numbers.AsSpan(done));
            done += layer.Values.Length * sizeof(float);
        }
        using var form = new SafetensorsForm(bytes, tensors, description: null);
        var file = new byte[form.Length];
        form.Read(0, file);
        File = file;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>The file that travels.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>SHA-256 of <see cref="File"/>, 64 lowercase hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Reads the features that an objective needs out of a file that has travelled.</summary>
    /// <param name="file">Not disposed of.</param>
    /// <param name="features">What was read, or null.</param>
    /// <param name="problem">One sentence on what the file lacks, or null.</param>
    /// <exception cref="WeightsException">The file cannot be read, or holds numbers that are infinite or not a number.</exception>
    public static bool TryRead(
        WeightFile file, Objective objective, NetworkGeometry geometry, [NotNullWhen(true)] out GuideFeatures? features, [NotNullWhen(false)] out string? problem)
    {
        (features, problem) = (null, null);
        var layers = new Dictionary<string, GuidedLayer>(StringComparer.Ordinal);
        long total = 0;
        foreach (string name in objective.GuidedLayers)
        {
            int channels = geometry[name].Channels;
            if (!file.Tensors.TryGetValue(name, out var tensor))
                problem = $"{file.Name} has no features of {name}; they have to be made for the layers of the objective.";
            else if (tensor.Shape.Count != 2 || tensor.Shape[0] is < 1 or > MostCells || tensor.Shape[1] != channels)
                problem = $"{file.Name} has features [{string.Join(", ", tensor.Shape)}] of {name}; they have to be [1 to {MostCells} cells, {channels} channels].";
            else if ((total += tensor.Count) > MostValues)
                problem = $"{file.Name} has more than {MostValues} numbers for the layers of the objective; take a smaller guide or fewer layers.";
            if (problem is not null)
                return false;
            var values = new float[tensor!.Count];
            tensor.CopyTo(values);
            layers.Add(name, new GuidedLayer(tensor.Shape[0], channels, values));
        }
        features = new GuideFeatures(layers);
        return true;
    }

    /// <summary>The features at a layer, or null.</summary>
    public GuidedLayer? Find(string layer) => _layers.GetValueOrDefault(layer);
}
