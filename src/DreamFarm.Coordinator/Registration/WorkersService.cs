using DreamFarm.Protocol.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Orleans;

namespace DreamFarm.Coordinator;

/// <summary>The gRPC service where workers register.</summary>
internal sealed class WorkersService(IGrainFactory grains, CoordinatorOptions options) : Workers.WorkersBase
{
    private const int LongestText = 200;

    private IWorkersGrain Registry => grains.GetGrain<IWorkersGrain>(0);

    [Authorize(Roles = Roles.Work)]
    public override async Task<RegisterReply> Register(RegisterRequest request, ServerCallContext context)
    {
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
        await Registry.HeartbeatAsync(request.Id, request.Draining)
            ? new HeartbeatReply()
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

    private static RpcException Refuse(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
