using DreamFarm.Networks;

namespace DreamFarm.Motifs;

/// <summary>The network that is trained here, with the painter's classes.</summary>
internal static class BuiltInNetwork
{
    /// <summary>What the catalogue says of it, but for the classes: the painter may know more than the committed weights do.</summary>
    public static NetworkDescription Describe()
    {
        var network = NetworkCatalog.Find("motif")!;
        return network with
        {
            Nodes = [.. network.Nodes.Select(node => node.Operation is Convolution { AnyChannels: true } classifier
                ? node with { Operation = classifier with { Channels = MotifPainter.Names.Count } }
                : node)],
            Classes = MotifPainter.Names,
        };
    }

    /// <summary>Opens weights of it, or of a network that the file itself describes.</summary>
    /// <exception cref="WeightsException">The file holds no such weights.</exception>
    public static NetworkWeights Load(string path)
    {
        var file = WeightFile.Open(path);
        return NetworkWeights.Load(file.Description ?? Describe(), file);
    }
}
