using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Worker;

/// <summary>The gRPC face of the worker.</summary>
internal sealed class GradientsService(EngineCache engines, WorkLoad load, ComputeLimits limits, ComputeGuard guard, ILogger<GradientsService> log) : Gradients.GradientsBase
{
    public override Task Compute(IAsyncStreamReader<ComputeRequest> requestStream, IServerStreamWriter<ComputeReply> responseStream, ServerCallContext context)
    {
        guard.Check(context);
        return new ComputeStream(engines, load, limits, log, context.CancellationToken).RunAsync(requestStream, responseStream);
    }
}
