using System.Collections.Concurrent;
using System.Net;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A coordinator as far as a worker sees it that fetches weights.</summary>
internal sealed class FakeAssets(byte[] content) : Protocol.V1.Assets.AssetsBase, IAsyncDisposable
{
    private WebApplication? _application;

    public string Url { get; private set; } = "";

    /// <summary>Offsets of the downloads so far.</summary>
    public ConcurrentQueue<long> Offsets { get; } = [];

    /// <summary>A download breaks off when it has sent this many bytes.</summary>
    public int BreakAfter { get; set; } = int.MaxValue;

    /// <summary>Awaited before a download is answered.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public static async Task<FakeAssets> StartAsync(byte[] content, int port = 0)
    {
        var assets = new FakeAssets(content);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(assets);
        assets._application = builder.Build();
        assets._application.MapGrpcService<FakeAssets>();
        await assets._application.StartAsync();
        assets.Url = assets._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return assets;
    }

    public override async Task Download(DownloadAssetRequest request, IServerStreamWriter<AssetChunk> responseStream, ServerCallContext context)
    {
        Offsets.Enqueue(request.Offset);
        await Before();
        if (request.Offset > content.Length)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "that is behind the end"));
        for (int at = (int)request.Offset, sent = 0; at < content.Length;)
        {
            int count = Math.Min(Math.Min(10_000, content.Length - at), BreakAfter - sent);
            if (count == 0)
                throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator is stopping"));
            await responseStream.WriteAsync(new AssetChunk { Data = ByteString.CopyFrom(content, at, count), TotalBytes = content.Length });
            (at, sent) = (at + count, sent + count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not { } application)
            return;
        _application = null;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }
}
