using System.Runtime.InteropServices;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Inputs;
using DreamFarm.Cli.Render;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Imaging;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>Looks at the guide image with the dream's network and writes the identity of what it sees into the spec.</summary>
internal static class GuideChoice
{
    /// <summary>Computes the features of the guide at the layers that the objective guides.</summary>
    /// <param name="spec">With its network named; receives the features' SHA-256.</param>
    /// <param name="image">What --guide says; may be null.</param>
    /// <param name="weights">The dream's.</param>
    /// <returns>Null without a guide. That one is needed is for <see cref="SpecReader"/> to say, as is everything that is wrong with the objective.</returns>
    /// <exception cref="UserException">The image is of no use for the objective.</exception>
    /// <exception cref="ImageException">It cannot be read.</exception>
    public static async Task<GuideFeatures?> ResolveAsync(V1.Spec spec, string? image, NetworkWeights weights, CancellationToken cancellation)
    {
        if (image is null || !SpecReader.TryReadObjective(spec, out var parsed, out var geometry, out _))
            return null;
        var layers = parsed.Objective.GuidedLayers;
        if (layers.Count == 0)
            throw new UserException($"--guide is given, but nothing in the objective {parsed} is guided by it: add guide to --objective");

        InputFile.Open(image).Dispose();
        using var folder = new TemporaryFolder();
        var info = await ImageReader.DecodeAsync(image, folder.File("guide.raw"), folder.File("alpha.raw"), cancellationToken: cancellation);
        using var raw = new RawImage(folder.File("guide.raw"), info.Width, info.Height, info.BitsPerSample);
        var size = GuideImage.SizeOf(geometry, layers, new Size(info.Height, info.Width));
        short[] canvas = await ResizedOriginal.ReadAsync(new RawOriginal(raw), size, cancellation);
        try
        {
            var features = await GuideImage.ReadAsync(weights, layers, size, canvas, cancellation);
            spec.GuideSha256 = features.Sha256;
            return features;
        }
        catch (NotFiniteNumberException e)
        {
            throw new UserException($"--guide {image}: {e.Message}", e);
        }
        catch (ExternalException e)
        {
            throw new UserException($"--guide {image}: {weights.Network.Name} cannot look at it as {size} pixels at {string.Join(" and ", layers)}: {e.Message.Split('\n')[0]}", e);
        }
    }
}
