using System.Buffers;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Networks;

namespace DreamFarm.Cli.Networks;

/// <summary>The folder that weights are installed into: the first that they are looked for in.</summary>
internal sealed class ModelsFolder(WeightsLocator locator)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Makes the folder if it is not there.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="UserException">There is none, or it cannot be made; one sentence why.</exception>
    public string Create()
    {
        string folder = locator.Folders.FirstOrDefault()
            ?? throw new UserException("there is no folder to install weights into: name one in DREAMFARM_MODELS");
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"the folder of weights {folder} cannot be made: {SystemReason.Of(e)}; name another in DREAMFARM_MODELS", e);
        }
    }

    /// <summary>Writes weights as .safetensors under their network's name, complete or not at all.</summary>
    /// <returns>Where they are.</returns>
    /// <exception cref="UserException">They cannot be written, or others are there; one sentence why.</exception>
    /// <exception cref="WeightsException">They are no longer readable.</exception>
    public async Task<string> InstallAsync(NetworkWeights weights, CancellationToken cancellation)
    {
        Create();
        string path = locator.InstallPath(weights.Network.Name)!;
        if (File.Exists(path))
        {
            using var there = WeightFile.Open(path);
            return there.Sha256 == weights.Sha256
                ? path
                : throw new UserException($"{path} holds other weights already: `dreamfarm networks remove {weights.Network.Name}` removes them, and `networks import FILE --name NAME` installs these under a name of their own");
        }

        using var file = PartialFile.Create(path);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long done = 0; done < weights.PortableLength;)
            {
                var part = piece.AsMemory(0, (int)Math.Min(PieceBytes, weights.PortableLength - done));
                weights.ReadPortable(done, part.Span);
                await file.WriteAsync(part, cancellation);
                done += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
        file.Keep();
        return path;
    }
}
