using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>Brings a finished picture here.</summary>
internal static class JobResult
{
    /// <summary>Writes the picture, complete or not at all.</summary>
    /// <exception cref="UserException">It came incomplete.</exception>
    public static async Task DownloadAsync(CoordinatorConnection connection, string id, OutputTarget target, CancellationToken cancellation)
    {
        using var call = connection.Jobs.Result(new V1.ResultRequest { Id = id, Format = target.Ending }, cancellationToken: cancellation);
        using var file = PartialFile.Create(target.Path);
        long total = -1;
        await foreach (var chunk in call.ResponseStream.ReadAllAsync(cancellation))
        {
            total = chunk.TotalBytes;
            await file.WriteAsync(chunk.Data.Memory, cancellation);
        }
        if (file.Length != total)
            throw new UserException($"the result of job {id} came incomplete: fetch it again with `dreamfarm jobs result {id} -o {target.Path}`");
        file.Keep();
        Console.Error.WriteLine($"wrote {target.Path}");
    }
}
