using System.Globalization;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Progress;
using DreamFarm.Networks;
using Google.Protobuf;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>Sees to it that the coordinator has the weights of a job before the job is submitted.</summary>
internal static class WeightsUpload
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Uploads weights as .safetensors if the coordinator lacks them; otherwise sends nothing but their hash.</summary>
    /// <exception cref="RpcException">The coordinator refuses, or is gone.</exception>
    /// <exception cref="WeightsException">The file can no longer be read.</exception>
    public static async Task EnsureAsync(CoordinatorConnection connection, NetworkWeights weights, CancellationToken cancellation)
    {
        var request = new V1.FindAssetRequest { Sha256 = weights.Sha256 };
        if ((await connection.Assets.FindAsync(request, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation)).Found)
            return;

        string what = string.Create(CultureInfo.InvariantCulture, $"uploading weights {Path.GetFileName(weights.Name)}, {weights.PortableLength / 1e6:0.0} MB");
        await using var display = ProgressDisplay.Open();
        using var call = connection.Assets.Upload(cancellationToken: cancellation);
        try
        {
            await call.RequestStream.WriteAsync(
                new V1.UploadAssetRequest { Header = new V1.UploadAssetHeader { Sha256 = weights.Sha256, TotalBytes = weights.PortableLength } }, cancellation);
            var chunk = new byte[(int)Math.Min(ChunkBytes, weights.PortableLength)];
            for (long done = 0; done < weights.PortableLength;)
            {
                display.Report(what, (double)done / weights.PortableLength);
                var part = chunk.AsMemory(0, (int)Math.Min(chunk.Length, weights.PortableLength - done));
                weights.ReadPortable(done, part.Span);
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
