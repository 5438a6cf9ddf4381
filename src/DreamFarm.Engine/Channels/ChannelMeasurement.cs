using DreamFarm.Networks;

namespace DreamFarm.Engine;

/// <summary>Layers whose activations are summed, channel by channel. It depends on no canvas: the same for every octave.</summary>
public sealed class ChannelMeasurement
{
    /// <param name="geometry">Of the network that <paramref name="layers"/> are layers of.</param>
    /// <param name="layers">At least one; the sums come in this order.</param>
    /// <exception cref="ArgumentException">A layer that the network does not have, or no layer.</exception>
    public ChannelMeasurement(NetworkGeometry geometry, IReadOnlyList<string> layers)
    {
        Network = geometry.Network;
        Evaluation = geometry.Evaluate([.. layers]);
        Layers = [.. layers.Select(layer => (layer, geometry[layer]))];
        Channels = Layers.Sum(layer => layer.Node.Channels);
    }

    /// <summary>The network whose layers these are.</summary>
    public NetworkDescription Network { get; }

    /// <summary>The nodes that have to be computed, and the stride of windows.</summary>
    public NetworkEvaluation Evaluation { get; }

    /// <summary>How many sums come of a window: the channels of all layers.</summary>
    public int Channels { get; }

    internal IReadOnlyList<(string Layer, NodeGeometry Node)> Layers { get; }
}
