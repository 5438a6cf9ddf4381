using System.Collections.Concurrent;

namespace DreamFarm.Networks;

/// <summary>
/// Finds weights: the file somebody named, then the folders in order, then those that are part of the program. In a
/// folder, a network's weights are called <c>NAME.safetensors</c>, <c>NAME.pth</c>, <c>NAME.caffemodel</c>, <c>NAME.h5</c>, as their publisher
/// calls them, or as torchvision's and Keras' downloads are: <c>NAME-b66bff10.pth</c>, <c>NAME_weights_tf_dim_ordering_tf_kernels.h5</c>. A file there that describes its own network makes that known
/// under the name that it says. Safe to use from several threads.
/// </summary>
public sealed class WeightsLocator(IReadOnlyList<string> folders)
{
    private const int Unnamed = 6;

    private readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> hashes = new();

    /// <summary>The folders looked into, in order.</summary>
    public IReadOnlyList<string> Folders => folders;

    /// <summary>
    /// Looks into <c>$DREAMFARM_MODELS</c>, then the user's cache: <c>$XDG_CACHE_HOME/dreamfarm/models</c>, or
    /// <c>~/.cache/dreamfarm/models</c>. What is not set is left out.
    /// </summary>
    /// <param name="variable">Reads an environment variable; null if it is not set.</param>
    public static WeightsLocator FromEnvironment(Func<string, string?> variable)
    {
        var folders = new List<string>();
        if (variable("DREAMFARM_MODELS") is { Length: > 0 } models)
            folders.Add(Path.GetFullPath(models));
        if (FindCache(variable) is { } cache)
            folders.Add(Path.Combine(cache, "models"));
        return new WeightsLocator(folders);
    }

    /// <summary>
    /// Where a worker keeps weights that it was sent, by their hash: <c>$XDG_CACHE_HOME/dreamfarm/weights</c>, or
    /// <c>~/.cache/dreamfarm/weights</c>; null if neither variable is set.
    /// </summary>
    /// <param name="variable">Reads an environment variable; null if it is not set.</param>
    public static string? FindTravelledFolder(Func<string, string?> variable) =>
        FindCache(variable) is { } cache ? Path.Combine(cache, "weights") : null;

    /// <summary>Where <c>NAME.safetensors</c> is put to be found again; null if there is no folder.</summary>
    public string? InstallPath(string network) => folders.Count == 0 ? null : Path.Combine(folders[0], $"{network}.safetensors");

    /// <summary>The network of that name: the catalogue's, or one that a file in the folders describes; null if there is none.</summary>
    public NetworkDescription? FindNetwork(string name) =>
        NetworkCatalog.Find(name) ?? Described().Select(found => found.Network).FirstOrDefault(network => network.Name == name);

    /// <summary>
    /// The networks that are known beside the catalogue's, each with its file, by name: those that files in the folders describe. Of two of
    /// one name, the first counts; a file that cannot be read is passed over.
    /// </summary>
    public IReadOnlyList<(NetworkDescription Network, string File)> FindInstalled() =>
        [.. Described().DistinctBy(found => found.Network.Name).OrderBy(found => found.Network.Name, StringComparer.Ordinal)];

    /// <summary>One sentence for whoever asked for a network that <see cref="FindNetwork"/> does not know.</summary>
    public string DescribeUnknown(string name) =>
        $"there is no network \"{name}\"; {NearestName.Suggest(name, [.. NetworkCatalog.All.Select(network => network.Name), .. FindInstalled().Select(found => found.Network.Name)])}";

    /// <summary>The file in the folders that holds a network's weights by its name, unopened; null if there is none.</summary>
    public string? FindFile(NetworkDescription network) => folders
        .Select(folder => Files(folder).Where(file => Rank(network.Name, file) < Unnamed).MinBy(file => Rank(network.Name, file)))
        .FirstOrDefault(file => file is not null);

    /// <summary>Opens the weights of a network.</summary>
    /// <param name="file">The one to take, or null to look for it.</param>
    /// <exception cref="WeightsException">There are none, and it says where they were looked for, or they are not usable.</exception>
    public NetworkWeights Load(NetworkDescription network, string? file = null)
    {
        var open = (file ?? FindFile(network)) is { } path ? WeightFile.Open(path) : WeightFile.OpenBuiltIn(network);
        return NetworkWeights.Load(network, open ?? throw new WeightsException(
            $"There are no weights of {network.Name}: no {network.Name}.safetensors, .pth or .caffemodel in {(folders.Count == 0 ? "any folder ($DREAMFARM_MODELS is not set)" : string.Join(" or ", folders))}; "
            + (network.Publisher is null ? "name the file with --weights." : $"fetch them with `dreamfarm networks pull {network.Name}`, or name the file with --weights.")));
    }

    /// <summary>Opens the weights of a network that is known by name.</summary>
    /// <exception cref="WeightsException">There is no such network, and it says which there are; or there are no weights of it; or they are not usable.</exception>
    public NetworkWeights Load(string name)
    {
        if (NetworkCatalog.Find(name) is { } known)
            return Load(known);
        return FindInstalled().FirstOrDefault(found => found.Network.Name == name) is { File: { } file }
            ? NetworkWeights.Load(name, WeightFile.Open(file))
            : throw new WeightsException($"--network: {DescribeUnknown(name)}");
    }

    /// <summary>
    /// Opens weights by their identity, whatever their file is called: among those that are part of the program, then
    /// in the folders. Null if they are not there; a file that cannot be read is passed over.
    /// </summary>
    /// <param name="network">Name of the network.</param>
    /// <param name="sha256">As <see cref="WeightFile.Sha256"/> gives it.</param>
    /// <exception cref="WeightsException">They are there, but are not weights of <paramref name="network"/>.</exception>
    public NetworkWeights? Find(string network, string sha256)
    {
        if (NetworkCatalog.Find(network) is { } known && WeightFile.OpenBuiltIn(known) is { } builtIn)
        {
            if (builtIn.Sha256 == sha256)
                return NetworkWeights.Load(network, builtIn);
            builtIn.Dispose();
        }

        // Those with the network's name are most likely the ones: large folders are then hashed only in part.
        foreach (var path in folders.SelectMany(Files).OrderBy(file => Rank(network, file)))
        {
            if (Open(path, sha256) is { } file)
                return NetworkWeights.Load(network, file);
        }

        return null;
    }

    private static string? FindCache(Func<string, string?> variable)
    {
        // The XDG base directory specification has relative paths ignored.
        if (variable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache))
            return Path.Combine(cache, "dreamfarm");
        return variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, ".cache", "dreamfarm") : null;
    }

    private WeightFile? Open(string path, string sha256)
    {
        WeightFile? file = null;
        try
        {
            var info = new FileInfo(path);
            var key = (path, info.Length, info.LastWriteTimeUtc);
            if (hashes.TryGetValue(key, out var known) && known != sha256)
                return null;
            file = WeightFile.Open(path);
            hashes[key] = file.Sha256;
            if (file.Sha256 == sha256)
                return file;
        }
        catch (Exception error) when (error is WeightsException or IOException or UnauthorizedAccessException)
        {
            // Not these weights: whatever is wrong with a file that nobody asked for is not this job's trouble.
        }

        file?.Dispose();
        return null;
    }

    // What cannot be listed has no weights for us; the message of Load names the folder.
    private static string[] Files(string folder)
    {
        try
        {
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".safetensors" or ".pth" or ".caffemodel" or ".h5" or ".onnx").Order(StringComparer.Ordinal)]
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IEnumerable<(NetworkDescription Network, string File)> Described()
    {
        foreach (var path in folders.SelectMany(Files).Where(file => Path.GetExtension(file) is ".safetensors" or ".onnx"))
        {
            NetworkDescription? network = null;
            try
            {
                using var file = WeightFile.Open(path);
                network = file.Description;
            }
            catch (WeightsException)
            {
                // Whoever asks for it by its path hears what is wrong with it.
            }

            // What the catalogue means by a name no file changes.
            if (network is not null && NetworkCatalog.Find(network.Name) is null)
                yield return (network, path);
        }
    }

    /// <summary>0 for the name that is best for a network's weights, <see cref="Unnamed"/> for one that says nothing about it.</summary>
    private static int Rank(string network, string path)
    {
        var file = Path.GetFileName(path);
        if (NetworkCatalog.Find(network)?.Publisher?.FileName == file)
            return 3;
        if (!file.StartsWith(network, StringComparison.Ordinal))
            return Unnamed;
        return file.AsSpan(network.Length) switch
        {
            ".safetensors" => 0,
            ".pth" or ".caffemodel" => 1,
            ".h5" => 2,
            ['-', .. { Length: 8 } hash, '.', 'p', 't', 'h'] when !hash.ContainsAnyExcept("0123456789abcdef") => 4,
            "_weights_tf_dim_ordering_tf_kernels.h5" or "_weights_tf_dim_ordering_tf_kernels_notop.h5" => 5,
            _ => Unnamed,
        };
    }
}
