using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;
using DreamFarm.Protocol.Specs;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>Sees to it that no job is accepted whose weights no worker could get or use.</summary>
internal sealed class SubmittedWeights(AssetFiles assets)
{
    /// <summary>Checks the weights that a spec names. What else is wrong with the spec is for <see cref="SpecReader"/> to say.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION if they are to be uploaded first, INVALID_ARGUMENT if they are not those of the network.</exception>
    public void Check(V1.Spec spec)
    {
        if (!spec.HasWeightsSha256 || !AssetHash.IsValid(spec.WeightsSha256) || !SpecReader.TryFindNetwork(spec, out var network, out _))
            return;
        string sha256 = spec.WeightsSha256;
        using var builtIn = WeightFile.OpenBuiltIn(network);
        if (builtIn?.Sha256 == sha256)
            return;
        if (!assets.Contains(sha256))
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"the coordinator does not have the weights {AssetHash.Short(sha256)} of {network.Name}: upload them first, as `dreamfarm submit --weights FILE` does"));
        }
        try
        {
            NetworkWeights.Load(network, WeightFile.OpenPortable(assets.Find(sha256), $"--weights {AssetHash.Short(sha256)}")).Dispose();
        }
        catch (WeightsException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }
}
