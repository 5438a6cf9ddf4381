using DreamFarm.Cli.Failures;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>Finds the weights that a spec needs and writes their identity into it.</summary>
internal static class WeightsChoice
{
    /// <summary>Opens the named file, or looks into $DREAMFARM_MODELS, the user's cache and the program itself.</summary>
    /// <param name="spec">Receives the weights' SHA-256, unless they are the network's built-in ones.</param>
    /// <param name="file">What --weights says; may be null.</param>
    /// <exception cref="UserException">There is no such network.</exception>
    /// <exception cref="WeightsException">There are no weights, or they are not those of the network.</exception>
    public static NetworkWeights Resolve(V1.Spec spec, string? file)
    {
        if (!SpecReader.TryFindNetwork(spec, out var network, out string? problem))
            throw new UserException(problem);
        var weights = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable).Load(network, file);
        using var builtIn = WeightFile.OpenBuiltIn(network);
        if (weights.Sha256 != builtIn?.Sha256)
            spec.WeightsSha256 = weights.Sha256;
        return weights;
    }
}
