namespace DreamFarm.Networks;

/// <summary>Every channel of the layer.</summary>
public sealed record AllChannels : ChannelSelection
{
    private protected override string Text => "";
}
