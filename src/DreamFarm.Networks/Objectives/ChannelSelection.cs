namespace DreamFarm.Networks;

/// <summary>
/// Which channels of a layer a term is about: <see cref="AllChannels"/>, <see cref="ChosenChannels"/>, <see cref="RankedChannels"/> or
/// one <see cref="Neuron"/>.
/// </summary>
public abstract record ChannelSelection
{
    private protected ChannelSelection()
    {
    }

    /// <summary>The canonical text, as it stands between brackets; empty for all channels.</summary>
    public sealed override string ToString() => Text;

    private protected abstract string Text { get; }
}
