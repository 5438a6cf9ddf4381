using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Progress;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary>Follows a job to its end.</summary>
internal static class JobWatch
{
    /// <summary>Longest side of a preview, pixels.</summary>
    private const int PreviewSide = 512;

    /// <summary>Returns when the job is done, however often the connection is cut or the coordinator restarted before.</summary>
    /// <param name="connection">To the job's coordinator.</param>
    /// <param name="id">The job.</param>
    /// <param name="display">Is told how it goes on.</param>
    /// <param name="preview">The file for the newest preview; null for none.</param>
    /// <param name="reconnection">How long a coordinator may be silent.</param>
    /// <param name="cancellation">Ends the watching, not the job.</param>
    /// <exception cref="UserException">The job failed or was cancelled.</exception>
    public static async Task UntilDoneAsync(
        CoordinatorConnection connection, string id, ProgressDisplay display, string? preview, Reconnection reconnection, CancellationToken cancellation) =>
        await reconnection.RunAsync(
            async () =>
            {
                await FollowAsync(connection, id, display, preview, reconnection, cancellation);
                return id;
            },
            cancellation);

    private static async Task FollowAsync(
        CoordinatorConnection connection, string id, ProgressDisplay display, string? preview, Reconnection reconnection, CancellationToken cancellation)
    {
        using var call = connection.Jobs.Watch(new V1.WatchJobRequest { Id = id, Preview = preview is null ? 0 : PreviewSide }, cancellationToken: cancellation);
        V1.Preview? kept = null;
        await foreach (var job in call.ResponseStream.ReadAllAsync(cancellation))
        {
            reconnection.Answered();
            switch (job.State)
            {
                case V1.JobState.Done:
                    // The last step and the end may come as one change.
                    if (job.Progress is not null)
                        display.Report(job.Progress);
                    await KeepPreviewAsync(job);
                    return;
                case V1.JobState.Failed:
                    throw new UserException($"job {id} failed: {job.Message}");
                case V1.JobState.Cancelled:
                    throw new UserException($"job {id} was cancelled");
                case V1.JobState.Running when job.Message.Length == 0 && job.Progress is not null:
                    display.Report(job.Progress);
                    break;
                default:
                    // A running job has something to say only while nothing of it can be computed.
                    string state = job.State == V1.JobState.Running ? "waiting" : JobView.StateName(job.State);
                    display.Report(job.Message.Length == 0 ? state : $"{state}: {job.Message}");
                    break;
            }
            await KeepPreviewAsync(job);
        }
        throw new UserException($"the coordinator stopped telling about job {id}: ask again with `dreamfarm jobs watch {id}`");

        async Task KeepPreviewAsync(V1.Job job)
        {
            if (preview is null || job.Preview is null || (job.Preview.Octave, job.Preview.Step) == (kept?.Octave, kept?.Step))
                return;
            kept = job.Preview;
            using var file = PartialFile.Create(preview);
            await file.WriteAsync(kept.Jpeg.Memory, cancellation);
            file.Keep();
        }
    }
}
