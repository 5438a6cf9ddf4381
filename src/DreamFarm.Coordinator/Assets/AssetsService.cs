using DreamFarm.Protocol.Assets;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>The gRPC service through which clients give assets and workers fetch them. Bytes pass through; no asset is ever in memory.</summary>
internal sealed class AssetsService(AssetFiles assets, CoordinatorOptions options, TimeProvider time, IHostApplicationLifetime host, ILogger<AssetsService> log)
    : Protocol.V1.Assets.AssetsBase
{
    private const int ChunkBytes = 1 << 20;

    [Authorize(Roles = Roles.Submit)]
    public override Task<FindAssetReply> Find(FindAssetRequest request, ServerCallContext context)
    {
        RequireHash(request.Sha256);
        return Task.FromResult(new FindAssetReply { Found = assets.Contains(request.Sha256) });
    }

    [Authorize(Roles = Roles.Submit)]
    [LongCall(LongCall.Upload)]
    public override async Task<UploadAssetReply> Upload(IAsyncStreamReader<UploadAssetRequest> requestStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        try
        {
            requestStream = new PatientReader<UploadAssetRequest>(requestStream, options.Limits, time);
            if (!await requestStream.MoveNext(end.Token) || requestStream.Current.PartCase != UploadAssetRequest.PartOneofCase.Header)
                throw Refuse("the first message must be the header");
            var header = requestStream.Current.Header;
            RequireHash(header.Sha256);
            if (header.TotalBytes < 1)
                throw Refuse($"an asset must have at least 1 byte, not {header.TotalBytes}");
            if (header.TotalBytes > options.MaxAssetBytes)
                throw Refuse($"an asset, such as weights, can have {options.MaxAssetBytes} bytes on this coordinator (its --max-asset-megabytes), not {header.TotalBytes}");
            if (!assets.Contains(header.Sha256))
                await ReceiveAsync(header, requestStream, end.Token);
            return new UploadAssetReply();
        }
        catch (OperationCanceledException) when (host.ApplicationStopping.IsCancellationRequested)
        {
            throw Stopping();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !end.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"the coordinator cannot store the asset: {DiskReason.Of(e)}"));
        }
    }

    [Authorize(Roles = Roles.Work)]
    public override async Task Download(DownloadAssetRequest request, IServerStreamWriter<AssetChunk> responseStream, ServerCallContext context)
    {
        RequireHash(request.Sha256);
        // A coordinator that stops does not wait for slow workers: they go on where they were.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, host.ApplicationStopping);
        try
        {
            await using var file = Open(request.Sha256);
            long total = file.Length;
            if (request.Offset < 0 || request.Offset > total)
                throw Refuse($"offset must be 0 to {total}, the asset's length in bytes, not {request.Offset}");
            file.Position = request.Offset;
            var buffer = new byte[(int)Math.Min(ChunkBytes, total - request.Offset)];
            int read;
            do
            {
                read = await file.ReadAsync(buffer, end.Token);
                await responseStream.WriteAsync(new AssetChunk { Data = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)), TotalBytes = total }, end.Token);
            }
            while (file.Position < total);
        }
        catch (Exception) when (host.ApplicationStopping.IsCancellationRequested)
        {
            throw Stopping();
        }
        log.Sent(AssetHash.Short(request.Sha256), request.Offset);
    }

    private async Task ReceiveAsync(UploadAssetHeader header, IAsyncStreamReader<UploadAssetRequest> upload, CancellationToken cancellation)
    {
        await using var incoming = assets.Receive(header.Sha256);
        while (await upload.MoveNext(cancellation))
        {
            if (upload.Current.PartCase != UploadAssetRequest.PartOneofCase.Data)
                throw Refuse("after the header only data may come");
            if (upload.Current.Data.Length > header.TotalBytes - incoming.Length)
                throw Refuse($"the asset has more than the {header.TotalBytes} bytes that its header says");
            await incoming.WriteAsync(upload.Current.Data.Memory, cancellation);
        }
        if (incoming.Length < header.TotalBytes)
            throw Refuse($"the asset stopped after {incoming.Length} of {header.TotalBytes} bytes");
        if (!incoming.Keep(out string actual))
            throw Refuse($"the bytes have the SHA-256 {actual}, not {header.Sha256} as the header says");
        log.Received(AssetHash.Short(header.Sha256), header.TotalBytes);
    }

    private FileStream Open(string sha256)
    {
        try
        {
            return new FileStream(assets.Find(sha256), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (FileNotFoundException)
        {
            throw new RpcException(new Status(StatusCode.NotFound, $"the coordinator has no asset {AssetHash.Short(sha256)}"));
        }
    }

    private static void RequireHash(string sha256)
    {
        if (!AssetHash.IsValid(sha256))
            throw Refuse("sha256 must be 64 lowercase hexadecimal digits");
    }

    private static RpcException Refuse(string problem) => new(new Status(StatusCode.InvalidArgument, problem));

    private static RpcException Stopping() => new(new Status(StatusCode.Unavailable, "the coordinator is stopping"));
}
