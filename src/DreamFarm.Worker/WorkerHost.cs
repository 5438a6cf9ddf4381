using System.Runtime.InteropServices;

namespace DreamFarm.Worker;

/// <summary>Runs a worker as a process does.</summary>
public static class WorkerHost
{
    /// <summary>
    /// Serves until <paramref name="drain"/> is cancelled or SIGTERM or SIGINT comes; then finishes what it holds, leaves the
    /// farm and returns. A second signal ends the process at once.
    /// </summary>
    /// <exception cref="WorkerException">It cannot start as asked.</exception>
    public static async Task RunAsync(WorkerOptions options, CancellationToken drain)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Handle(PosixSignalContext context)
        {
            // A process that a signal ends has the exit code 128 + its number.
            if (!asked.TrySetResult())
                Environment.Exit(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
            context.Cancel = true;
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        await using var registration = drain.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), asked);
        await using var worker = await RunningWorker.StartAsync(options, CancellationToken.None);
        await asked.Task;
        await worker.DrainAsync(CancellationToken.None);
    }
}
