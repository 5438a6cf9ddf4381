using DreamFarm.Imaging;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>Runs a coordinator in this process.</summary>
public static class CoordinatorHost
{
    /// <summary>Runs until cancelled or until the process is told to stop (SIGTERM, Ctrl-C).</summary>
    /// <exception cref="ImageException">libvips is not installed.</exception>
    /// <exception cref="TelemetryException">The environment sends telemetry to something that is no URL.</exception>
    /// <exception cref="IOException">The address is taken, or the data folder cannot be made.</exception>
    public static async Task RunAsync(CoordinatorOptions options, CancellationToken cancellation)
    {
        // Not with the first result that is asked for: many threads run by then.
        Libvips.Start();
        using var export = OtlpExport.Start("dreamfarm-coordinator");
        await using var coordinator = await RunningCoordinator.StartAsync(options, cancellation);
        await coordinator.WaitAsync(cancellation);
    }
}
