using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Specs;

/// <summary>Finds the weights that a spec needs and writes their identity into it.</summary>
internal static class WeightsChoice
{
    /// <summary>Opens the named file, or looks into $DREAMFARM_MODELS, the user's cache and the program itself.</summary>
    /// <param name="spec">Receives the network's name and the weights' SHA-256, unless they are the network's built-in ones.</param>
    /// <param name="file">What --weights says; may be null. It may also say which network it is that --network does not name.</param>
    /// <exception cref="WeightsException">There is no such network, or there are no weights, or they are not those of the network.</exception>
    public static NetworkWeights Resolve(V1.Spec spec, string? file)
    {
        var weights = file is null ? Find(spec) : NetworkWeights.Load(spec.HasNetwork ? spec.Network : null, WeightFile.Open(file));
        SpecReader.Name(spec, weights);
        return weights;
    }

    private static NetworkWeights Find(V1.Spec spec)
    {
        var locator = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable);
        return spec.HasNetwork ? locator.Load(spec.Network) : locator.Load(NetworkCatalog.Default);
    }
}
