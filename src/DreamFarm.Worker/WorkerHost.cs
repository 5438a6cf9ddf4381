using DreamFarm.Telemetry;

namespace DreamFarm.Worker;

/// <summary>Runs a worker for as long as it is wanted.</summary>
public static class WorkerHost
{
    /// <summary>
    /// Serves until <paramref name="drain"/> is cancelled or the coordinator says so; then finishes what it holds, leaves the farm and returns.
    /// Signals are the process's own business.
    /// </summary>
    /// <exception cref="TelemetryException">The environment sends telemetry to something that is no URL.</exception>
    /// <exception cref="WorkerException">It cannot start as asked, or the coordinator will never take it.</exception>
    public static async Task RunAsync(WorkerOptions options, CancellationToken drain)
    {
        using var export = OtlpExport.Start("dreamfarm-worker");
        await using var worker = await RunningWorker.StartAsync(options, drain);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (drain.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), asked))
            await await Task.WhenAny(asked.Task, worker.Released);
        await worker.DrainAsync(CancellationToken.None);
    }
}
