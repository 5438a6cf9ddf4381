using System.Text.RegularExpressions;
using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace DreamFarm.Networks;

/// <summary>
/// Reads what Keras saves as .h5: an HDF5 file whose root, or the group <c>model_weights</c> of a whole model, lists its layers in the attribute
/// <c>layer_names</c>; each layer's group lists its variables in <c>weight_names</c>, and holds a data set for each. PureHDF reads the structure; the numbers
/// stay in the file until they are asked for.
/// </summary>
internal sealed partial class KerasReader
{
    private const int MostLayers = 1 << 12;
    private const int MostVariables = 1 << 16;

    // Lists that are too long for one attribute go on in others.
    private const int MostAttributes = 64;

    private readonly IWeightBytes _bytes;
    private readonly Hdf5Stream _stream;
    private readonly List<KerasVariable> _variables = [];

    private KerasReader(IWeightBytes bytes, Hdf5Stream stream)
    {
        _bytes = bytes;
        _stream = stream;
    }

    /// <summary>How an HDF5 file begins.</summary>
    public static ReadOnlySpan<byte> Start => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <param name="bytes">A file that begins with <see cref="Start"/>.</param>
    /// <exception cref="WeightsException">It is no HDF5 file of Keras, is damaged or uses what Keras does not.</exception>
    public static List<KerasVariable> Read(IWeightBytes bytes)
    {
        using var stream = new Hdf5Stream(bytes);
        try
        {
            var reader = new KerasReader(bytes, stream);
            reader.ReadModel();
            return reader._variables;
        }
        catch (Exception error) when (error is not WeightsException)
        {
            // PureHDF throws whatever a contradiction leads to.
            stream.ThrowIfRefused();
            throw new WeightsException(bytes.Name, "its HDF5 structure cannot be read: it is damaged, or of a kind that Keras does not write.", error);
        }
    }

    // A layer of convolutions or of their normalisations by the name that Keras itself gives; others may be called anything.
    [GeneratedRegex(@"\A(conv2d|batch_normalization(_v1)?)(_[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex OwnName();

    private void ReadModel()
    {
        using var file = H5File.Open(_stream, leaveOpen: true);
        IH5Group model = file.LinkExists("model_weights") ? file.Group("model_weights") : file;
        _stream.ThrowIfRefused();
        if (ReadNames(model, "layer_names") is not { } layers)
        {
            throw new WeightsException(_bytes.Name, file.LinkExists("layers") || file.LinkExists("_layer_checkpoint_dependencies")
                ? "it is a .weights.h5 of Keras 3, which does not say what its layers are called; load it in Keras and model.save it as .h5."
                : "it is an HDF5 file, but no model or weights that Keras saved: it has no list layer_names.");
        }

        foreach (var layer in layers)
        {
            var group = model.Group(layer);
            var names = ReadNames(group, "weight_names") ?? throw new WeightsException(_bytes.Name, $"its layer {layer} has no list weight_names.");
            if (_variables.Count + names.Count > MostVariables)
                throw new WeightsException(_bytes.Name, $"it has more than {MostVariables} variables.");
            foreach (var name in names)
                AddVariable(layer, name, group.Get(name));
        }

        _stream.ThrowIfRefused();
    }

    /// <summary>A list of names from an attribute, or from several that are numbered; null where there is none.</summary>
    private List<string>? ReadNames(IH5Group group, string attribute)
    {
        if (group.AttributeExists(attribute))
            return [.. ReadNames(group.Attribute(attribute))];
        List<string>? names = null;
        for (var i = 0; i < MostAttributes && group.AttributeExists($"{attribute}{i}"); i++)
            (names ??= []).AddRange(ReadNames(group.Attribute($"{attribute}{i}")));
        return names;
    }

    private string[] ReadNames(IH5Attribute attribute)
    {
        var sides = attribute.Space.Dimensions;
        // What an empty list is a list of, nobody knows.
        if (sides is [0])
            return [];
        if (sides is not [<= MostLayers] || attribute.Type.Class is not (H5DataTypeClass.String or H5DataTypeClass.VariableLength))
            throw new WeightsException(_bytes.Name, $"its list {attribute.Name} is no list of up to {MostLayers} names.");
        var names = attribute.Read<string[]>();
        return names.All(name => !string.IsNullOrEmpty(name)) ? names : throw new WeightsException(_bytes.Name, $"its list {attribute.Name} has an empty name.");
    }

    private void AddVariable(string layer, string path, IH5Object found)
    {
        // conv2d_7/kernel:0, or inception_v3/conv2d_7/kernel. Where the group is a layer's, its name is the one that counts: the variable's may have got another number.
        var parts = path.Split('/');
        var owner = parts.Length > 1 && !OwnName().IsMatch(layer) ? parts[^2] : layer;
        var name = parts[^1].Split(':')[0];
        if (found is not NativeDataset data)
            throw new WeightsException(_bytes.Name, $"its variable {path} is no data set.");
        var shape = data.Space.Dimensions;
        if (data.Layout.Class != H5DataLayoutClass.Contiguous)
            throw new WeightsException(_bytes.Name, $"the numbers of its variable {path} do not lie in one piece, as Keras writes them; h5repack --layout=CONTI --filter=NONE puts them so.");
        if (data.Type.Class != H5DataTypeClass.FloatingPoint)
        {
            // Counters, and whatever else is no weight.
            return;
        }

        if (shape.Length > KerasVariable.MostSides || shape.Any(side => side > int.MaxValue) || !TensorShape.TryCount(shape.Select(side => (long)side), out var count))
            throw new WeightsException(_bytes.Name, $"its variable {path} has the shape {TensorShape.Describe(shape)}, which is too large.");
        var element = data.Type.Size switch
        {
            sizeof(float) => WeightElement.Float32,
            sizeof(double) => WeightElement.Float64,
            2 => WeightElement.Float16,
            var size => throw new WeightsException(_bytes.Name, $"its variable {path} has numbers of {size} bytes; float16, float32 or float64 are needed."),
        };
        var offset = count == 0 ? 0 : FindNumbers(data, element, path);
        if (count > (_bytes.Length - offset) / element.Bytes())
            throw new WeightsException(_bytes.Name, $"it ends before the {count} numbers of its variable {path} do; it was cut short.");
        _variables.Add(new KerasVariable(owner, name, [.. shape.Select(side => (long)side)], element, offset));
    }

    /// <summary>Where the numbers begin, bytes from the file's start. PureHDF does not tell; reading the first number shows it.</summary>
    private long FindNumbers(NativeDataset data, WeightElement element, string path)
    {
        var sides = data.Space.Dimensions.Length;
        var first = new HyperslabSelection(sides, new ulong[sides], [.. Enumerable.Repeat(1UL, sides)]);
        _stream.NumbersOffset = null;
        // As numbers, not as bytes: then their byte order is checked.
        if (element == WeightElement.Float32)
            data.Read<float>(new float[1].AsSpan(), first);
        else if (element == WeightElement.Float64)
            data.Read<double>(new double[1].AsSpan(), first);
        else
            data.Read<Half>(new Half[1].AsSpan(), first);
        // Nowhere, as they were never written, or in another file, which PureHDF opens where a link or a data set says so.
        return _stream.NumbersOffset ?? throw new WeightsException(_bytes.Name, $"the numbers of its variable {path} are not in the file itself.");
    }
}
