namespace DreamFarm.Networks;

/// <summary>A layer, or some of its channels, with a weight, before it is said what is made of it.</summary>
internal readonly record struct LayerShare(string Layer, ChannelSelection Channels, double Weight);
