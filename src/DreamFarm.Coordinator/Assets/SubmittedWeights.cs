using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;
using DreamFarm.Protocol.Specs;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>Sees to it that no job is accepted whose weights no worker could get or use.</summary>
internal sealed class SubmittedWeights(AssetFiles assets)
{
    /// <summary>Checks the weights that a spec names, and writes into it what they say of their network. What else is wrong with the spec is for <see cref="SpecReader"/> to say.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION if they are to be uploaded first, INVALID_ARGUMENT if they are not those of the network.</exception>
    public void Check(V1.Spec spec)
    {
        spec.ClearGraph();
        if (!spec.HasWeightsSha256 || !AssetHash.IsValid(spec.WeightsSha256))
            return;
        string sha256 = spec.WeightsSha256;
        var known = spec.HasNetwork ? NetworkCatalog.Find(spec.Network) : null;
        using var builtIn = known is null ? null : WeightFile.OpenBuiltIn(known);
        if (builtIn?.Sha256 == sha256)
            return;
        if (!assets.Contains(sha256))
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"the coordinator does not have the weights {AssetHash.Short(sha256)}{(spec.HasNetwork ? $" of {spec.Network}" : "")}: upload them first, as `dreamfarm submit --weights FILE` does"));
        }
        try
        {
            using var weights = NetworkWeights.Load(spec.HasNetwork ? spec.Network : null, WeightFile.OpenPortable(assets.Find(sha256), $"--weights {AssetHash.Short(sha256)}"));
            SpecReader.Name(spec, weights);
        }
        catch (WeightsException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }
}
