using DreamFarm.Networks;
using DreamFarm.Protocol.Assets;
using DreamFarm.Protocol.Specs;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>Sees to it that no job is accepted whose guide no worker could get or use.</summary>
internal sealed class SubmittedGuide(AssetFiles assets)
{
    /// <summary>Checks the guide that a spec names, once its network is known. What else is wrong with the spec is for <see cref="SpecReader"/> to say.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION if it is to be uploaded first, INVALID_ARGUMENT if it is not for the objective's layers.</exception>
    public void Check(V1.Spec spec)
    {
        if (!spec.HasGuideSha256 || !AssetHash.IsValid(spec.GuideSha256) || !SpecReader.TryReadObjective(spec, out var parsed, out var geometry, out _))
            return;
        string sha256 = spec.GuideSha256;
        if (!assets.Contains(sha256))
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"the coordinator does not have the guide's features {AssetHash.Short(sha256)}: upload them first, as `dreamfarm submit --guide IMAGE` does"));
        }
        try
        {
            using var file = WeightFile.OpenPortable(assets.Find(sha256), $"--guide {AssetHash.Short(sha256)}");
            if (!GuideFeatures.TryRead(file, parsed.Objective, geometry, out _, out string? problem))
                throw new RpcException(new Status(StatusCode.InvalidArgument, problem));
        }
        catch (WeightsException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }
}
