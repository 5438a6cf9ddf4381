using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>Brings a finished picture here.</summary>
internal static class JobResult
{
    /// <summary>Writes the picture, complete or not at all. A download that is cut off begins anew.</summary>
    /// <exception cref="UserException">It came incomplete.</exception>
    public static async Task DownloadAsync(CoordinatorConnection connection, string id, OutputTarget target, Reconnection reconnection, CancellationToken cancellation)
    {
        using var file = await reconnection.RunAsync(() => FetchAsync(connection, id, target, reconnection, cancellation), cancellation);
        file.Keep();
        Console.Error.WriteLine($"wrote {target.Path}");
    }

    private static async Task<PartialFile> FetchAsync(
        CoordinatorConnection connection, string id, OutputTarget target, Reconnection reconnection, CancellationToken cancellation)
    {
        using var call = connection.Jobs.Result(new V1.ResultRequest { Id = id, Format = target.Ending }, cancellationToken: cancellation);
        var file = PartialFile.Create(target.Path);
        try
        {
            long total = -1;
            await foreach (var chunk in call.ResponseStream.ReadAllAsync(cancellation))
            {
                reconnection.Answered();
                total = chunk.TotalBytes;
                await file.WriteAsync(chunk.Data.Memory, cancellation);
            }
            return file.Length == total
                ? file
                : throw new UserException($"the result of job {id} came incomplete: fetch it again with `dreamfarm jobs result {id} -o {target.Path}`");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
