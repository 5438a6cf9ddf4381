using System.Globalization;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Progress;
using DreamFarm.Networks;
using Google.Protobuf;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>Sees to it that the coordinator has what a job needs beside its input, such as weights, before the job is submitted.</summary>
internal static class AssetUpload
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Uploads an asset if the coordinator lacks it; otherwise sends nothing but its hash.</summary>
    /// <param name="name">What the progress calls it.</param>
    /// <param name="read">Fills its memory with bytes from an offset on.</param>
    /// <exception cref="RpcException">The coordinator refuses, or is gone.</exception>
    /// <exception cref="WeightsException">A file can no longer be read.</exception>
    public static async Task EnsureAsync(
        CoordinatorConnection connection, string name, string sha256, long length, Action<long, Memory<byte>> read, CancellationToken cancellation)
    {
        var request = new V1.FindAssetRequest { Sha256 = sha256 };
        if ((await connection.Assets.FindAsync(request, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation)).Found)
            return;

        string what = string.Create(CultureInfo.InvariantCulture, $"uploading {name}, {length / 1e6:0.0} MB");
        await using var display = ProgressDisplay.Open();
        using var call = connection.Assets.Upload(cancellationToken: cancellation);
        try
        {
            await call.RequestStream.WriteAsync(
                new V1.UploadAssetRequest { Header = new V1.UploadAssetHeader { Sha256 = sha256, TotalBytes = length } }, cancellation);
            var chunk = new byte[(int)Math.Min(ChunkBytes, length)];
            for (long done = 0; done < length;)
            {
                display.Report(what, (double)done / length);
                var part = chunk.AsMemory(0, (int)Math.Min(chunk.Length, length - done));
                read(done, part);
                await call.RequestStream.WriteAsync(new V1.UploadAssetRequest { Data = UnsafeByteOperations.UnsafeWrap(part) }, cancellation);
                done += part.Length;
            }
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The coordinator has answered before it had everything: why, its answer says. Somebody else may have been first.
        }
        await call.ResponseAsync;
        display.Report(what, 1);
    }
}
