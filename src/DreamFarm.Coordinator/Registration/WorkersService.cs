using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace DreamFarm.Coordinator;

/// <summary>The gRPC service where workers register.</summary>
internal sealed class WorkersService(IGrainFactory grains, CoordinatorOptions options) : Workers.WorkersBase
{
    private const int LongestText = 200;

    private IWorkersGrain Registry => grains.GetGrain<IWorkersGrain>(0);

    [Authorize(Roles = Roles.Work)]
    public override async Task<RegisterReply> Register(RegisterRequest request, ServerCallContext context)
    {
        if (request.Protocol != ProtocolVersion.Current)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"the worker speaks version {request.Protocol} of the protocol, the coordinator version {ProtocolVersion.Current}: run the same version of DreamFarm on both"));
        }
        if (request.Id.Length is 0 or > LongestText)
            throw Refuse($"id must have 1 to {LongestText} characters");
        if (request.Lanes < 1)
            throw Refuse($"lanes must be at least 1, not {request.Lanes}");
        if (request.MaxWindowPixels < 1)
            throw Refuse($"max_window_pixels must be at least 1, not {request.MaxWindowPixels}");
        if (request.Device.Length > LongestText || request.DeviceName.Length > LongestText || request.Version.Length > LongestText
            || request.Secret.Length > LongestText || request.CertificateSha256.Length > LongestText)
            throw Refuse($"device, device_name, version, secret and certificate_sha256 must have at most {LongestText} characters");
        if (DialBack.Read(request.Address, context.Peer, out string? problem) is not { } address)
            throw Refuse(problem!);
        await Registry.RegisterAsync(new WorkerRegistration(
            request.Id, address, request.Device, request.DeviceName, request.Lanes, request.MaxWindowPixels, request.Version,
            new WorkerAccess(request.Secret, request.Tls, request.CertificateSha256)));
        return new RegisterReply { LeaseSeconds = options.Lease.TotalSeconds };
    }

    [Authorize(Roles = Roles.Work)]
    public override async Task<HeartbeatReply> Heartbeat(HeartbeatRequest request, ServerCallContext context) =>
        await Registry.HeartbeatAsync(request.Id, request.Draining) is var lease and not LeaseState.Unknown
            ? new HeartbeatReply { Drain = lease == LeaseState.Draining }
            : throw new RpcException(new Status(StatusCode.NotFound, $"worker {request.Id} is not registered, or its lease has lapsed: register again"));

    [Authorize(Roles = Roles.Work)]
    public override async Task<LeaveReply> Leave(LeaveRequest request, ServerCallContext context)
    {
        await Registry.LeaveAsync(request.Id);
        return new LeaveReply();
    }

    [Authorize(Roles = Roles.Operate)]
    public override async Task<ListWorkersReply> List(ListWorkersRequest request, ServerCallContext context) =>
        ListWorkersReply.Parser.ParseFrom(await Registry.ListAsync());

    [Authorize(Roles = Roles.Operate)]
    public override async Task<DrainWorkerReply> Drain(DrainWorkerRequest request, ServerCallContext context)
    {
        if (request.Id.Length == 0)
            throw Refuse("id must be a worker's id or the beginning of one, not empty");
        return await Registry.DrainAsync(request.Id) switch
        {
            [var worker] => new DrainWorkerReply { Id = worker },
            [] => throw new RpcException(new Status(StatusCode.NotFound, $"there is no worker {request.Id}: `dreamfarm workers list` names those that there are")),
            var several => throw Refuse($"{request.Id} may be any of {string.Join(", ", several)}: give more of the id"),
        };
    }

    private static RpcException Refuse(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
