namespace DreamFarm.Networks;

/// <summary>Every network this build knows.</summary>
public static class NetworkCatalog
{
    /// <summary>The networks, those with built-in weights first, then by name.</summary>
    public static IReadOnlyList<NetworkDescription> All { get; } =
    [
        .. typeof(NetworkCatalog).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(INetworkFamily)))
            .SelectMany(type => ((INetworkFamily)Activator.CreateInstance(type)!).Describe())
            .OrderBy(network => network.BuiltInWeights is null)
            .ThenBy(network => network.Name, StringComparer.Ordinal),
    ];

    /// <summary>What a spec gets that names no network: the one that needs no download.</summary>
    public static NetworkDescription Default => All[0];

    /// <summary>The network of that exact name, or null.</summary>
    public static NetworkDescription? Find(string name) => All.FirstOrDefault(network => network.Name == name);

    /// <summary>One sentence for whoever asked for a network that <see cref="Find"/> does not know.</summary>
    public static string DescribeUnknown(string name) =>
        $"there is no network \"{name}\"; {NearestName.Suggest(name, All.Select(network => network.Name))}";
}
