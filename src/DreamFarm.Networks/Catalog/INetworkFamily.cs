namespace DreamFarm.Networks;

/// <summary>
/// The file of one network, or of several that differ only in sizes. The catalogue finds every implementation in this
/// assembly by itself, so that a new network is one new file; it needs a constructor without parameters.
/// </summary>
internal interface INetworkFamily
{
    IEnumerable<NetworkDescription> Describe();
}
