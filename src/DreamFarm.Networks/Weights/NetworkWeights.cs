namespace DreamFarm.Networks;

/// <summary>Weights that were checked to be those of a network: every tensor it needs is there and has the right shape.</summary>
public sealed class NetworkWeights : IDisposable
{
    private readonly WeightFile _file;

    private NetworkWeights(NetworkDescription network, WeightFile file)
    {
        Network = network;
        _file = file;
    }

    /// <summary>The network these weights belong to.</summary>
    public NetworkDescription Network { get; }

    /// <summary>Whether <see cref="Network"/> is what the catalogue says of it; otherwise the file has told more.</summary>
    public bool IsCatalogued => ReferenceEquals(NetworkCatalog.Find(Network.Name), Network);

    /// <summary>Whether <see cref="Network"/> is what the file says of it, not the catalogue.</summary>
    public bool IsDescribedByFile => _file.Description?.Name == Network.Name;

    /// <summary>Where they come from, for messages.</summary>
    public string Name => _file.Name;

    /// <summary>Their identity: see <see cref="WeightFile.Sha256"/>.</summary>
    public string Sha256 => _file.Sha256;

    /// <summary>See <see cref="WeightFile.PortableLength"/>.</summary>
    public long PortableLength => _file.PortableLength;

    /// <summary>A tensor that the network needs, such as <c>conv1.weight</c>; its shape is as the geometry says.</summary>
    public WeightTensor this[string tensor] => _file.Tensors[tensor];

    /// <summary>
    /// Finds out whose weights <paramref name="file"/> holds, checks them and takes them over: disposing them closes the file,
    /// and so does failing. The network is the one that the file describes, otherwise the catalogue's of that name.
    /// </summary>
    /// <param name="network">Its name; null is what the file describes, or the one network of the catalogue whose weights these can be.</param>
    /// <exception cref="WeightsException">There is no such network, or several, or the weights are not its.</exception>
    public static NetworkWeights Load(string? network, WeightFile file)
    {
        var own = file.Description;
        if (own is not null && (network is null || network == own.Name))
            return Load(own, file);
        var known = network is null ? FindNetworks(file) : NetworkCatalog.Find(network) is { } named ? [named] : [];
        if (known is [var only])
            return Load(only, file);
        file.Dispose();
        throw new WeightsException(file.Name, own is not null
            ? $"it holds weights of {own.Name}, not of {network}."
            : network is not null
                ? $"it does not describe its network, and {NetworkCatalog.DescribeUnknown(network)}"
                : known.Length > 1
                    ? $"its tensors can be those of {string.Join(" or ", known.Select(candidate => candidate.Name))}; say with --network which."
                    : "its tensors are those of no known network; name the network with --network to hear what is wrong with them.");
    }

    /// <summary>
    /// Checks <paramref name="file"/> and takes it over: disposing the weights closes it, and so does failing. A classifier takes as many
    /// classes as the file has.
    /// </summary>
    /// <exception cref="WeightsException">A tensor is missing or has another shape.</exception>
    public static NetworkWeights Load(NetworkDescription network, WeightFile file)
    {
        network = network.WithClassesOf(file);
        if (FindProblem(network, file) is not { } problem)
            return new NetworkWeights(network, file);
        file.Dispose();
        var other = NetworkCatalog.All.FirstOrDefault(known => known.Name != network.Name && FindProblem(known.WithClassesOf(file), file) is null);
        throw new WeightsException(
            file.Name,
            $"it does not hold weights of {network.Name}: {problem}{(other is null ? "" : $"; they look like weights of {other.Name}")}.");
    }

    /// <summary>
    /// The same weights under a network's name of their own: what travels then describes that network. Whichever of the two is disposed
    /// of closes both.
    /// </summary>
    /// <exception cref="ArgumentException">No network can have this name.</exception>
    public NetworkWeights Rename(string name)
    {
        if (!NetworkDescriptionJson.IsNetworkName(name))
            throw new ArgumentException($"No network can be called \"{name}\".", nameof(name));
        var network = Network with { Name = name, BuiltInWeights = null, Publisher = null };
        return new NetworkWeights(network, _file.Describe(network));
    }

    /// <summary>The same weights of a network that is handed its pictures in another way. It shares the file, as one of another name does.</summary>
    public NetworkWeights Prepare(InputScale scale)
    {
        var network = Network with { Preprocessing = scale.Preprocessing, BuiltInWeights = null, Publisher = null };
        return new NetworkWeights(network, _file.Describe(network));
    }

    /// <summary>See <see cref="WeightFile.ReadPortable"/>.</summary>
    public void ReadPortable(long offset, Span<byte> destination) => _file.ReadPortable(offset, destination);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>
    /// The networks of the catalogue whose weights these can be. Deeper networks of a family have the tensors of the others too; a network
    /// whose tensors are only a part of what another one finds here is left out.
    /// </summary>
    private static NetworkDescription[] FindNetworks(WeightFile file)
    {
        var fitting = NetworkCatalog.All
            .Select(network => (Network: network, Fitted: network.WithClassesOf(file)))
            .Where(candidate => FindProblem(candidate.Fitted, file) is null)
            .Select(candidate => (candidate.Network, Tensors: new NetworkGeometry(candidate.Fitted).Tensors.Keys.ToHashSet(StringComparer.Ordinal)))
            .ToArray();
        return [.. fitting.Where(one => !fitting.Any(other => one.Tensors.IsProperSubsetOf(other.Tensors))).Select(one => one.Network)];
    }

    private static string? FindProblem(NetworkDescription network, WeightFile file)
    {
        foreach (var (name, shape) in new NetworkGeometry(network).Tensors)
        {
            if (!file.Tensors.TryGetValue(name, out var tensor))
                return $"tensor \"{name}\" is missing";
            if (!tensor.Shape.SequenceEqual(shape))
                return $"tensor \"{name}\" has the shape {TensorShape.Describe(tensor.Shape)} instead of {TensorShape.Describe(shape)}";
            if (!tensor.Element.IsFloatingPoint())
                return $"tensor \"{name}\" holds integers instead of floating-point numbers";
        }

        return null;
    }
}
