using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DreamFarm.Cli.Failures;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary>Brings published weights here: fetches the file, checks its hash and what is in it, and installs it.</summary>
/// <param name="locator">Where weights are found.</param>
/// <param name="report">Is told in a few words what goes on, and how far it has come, 0 to 1.</param>
internal sealed class NetworkPull(HttpMessageInvoker http, WeightsLocator locator, TimeProvider time, Action<string, double> report)
{
    /// <summary>What a file of unknown size can have at most, bytes.</summary>
    private const long MostBytes = 4L << 30;

    /// <summary>Fetches and installs the weights of a network. What has come stays for the next time if that is cut off.</summary>
    /// <param name="network">It has a publisher.</param>
    /// <param name="address">Where the publisher's file is fetched.</param>
    /// <returns>Where the weights are.</returns>
    /// <exception cref="UserException">They cannot be fetched, are not the publisher's, or cannot be installed; one sentence why.</exception>
    /// <exception cref="WeightsException">They are not the network's.</exception>
    public async Task<string> RunAsync(NetworkDescription network, Uri address, CancellationToken cancellation)
    {
        string folder = new ModelsFolder(locator).Create();
        // What came from elsewhere may be another file, and is not gone on with.
        string origin = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.AbsoluteUri)).AsSpan(0, 4));
        string partial = Path.Combine(folder, $".{network.Name}-{origin}.part");
        await using (var file = Open(partial, network))
        {
            await new Download(http, time).CompleteAsync(address, file, network.Publisher!.Bytes ?? MostBytes, (bytes, total) => Report(network, bytes, total), cancellation);
            report($"{network.Name}: checking", 1);
            await CheckAsync(network.Publisher, address, file, cancellation);
        }

        try
        {
            using var weights = NetworkWeights.Load(network, WeightFile.Open(partial));
            string path = await new ModelsFolder(locator).InstallAsync(weights, cancellation);
            File.Delete(partial);
            return path;
        }
        catch (WeightsException)
        {
            // To fetch it again would change nothing, but nor does it help anybody here.
            File.Delete(partial);
            throw;
        }
    }

    private static FileStream Open(string path, NetworkDescription network)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new UserException($"another `dreamfarm networks pull {network.Name}` seems to be under way: {path} is in use", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"nothing can be kept in {Path.GetDirectoryName(path)}: {SystemReason.Of(e)}", e);
        }
    }

    private static async Task CheckAsync(Publisher publisher, Uri address, FileStream file, CancellationToken cancellation)
    {
        file.Seek(0, SeekOrigin.Begin);
        string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        if (sha256.StartsWith(publisher.Sha256Prefix, StringComparison.Ordinal))
            return;
        File.Delete(file.Name);
        throw new UserException(
            $"what came from {address} is not the published file: its SHA-256 begins with {sha256[..publisher.Sha256Prefix.Length]}, not with {publisher.Sha256Prefix}; nothing was installed");
    }

    private void Report(NetworkDescription network, long bytes, long? total) => report(
        total is null
            ? string.Create(CultureInfo.InvariantCulture, $"{network.Name}: {bytes / 1e6:0} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{network.Name}: {bytes / 1e6:0} of {total / 1e6:0} MB"),
        total is > 0 ? (double)bytes / total.Value : 0);
}
