using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of the host and its grains.</summary>
internal static partial class CoordinatorLog
{
    [LoggerMessage(100, LogLevel.Information, "listening on {Address}, web on {Web}, data in {Folder}")]
    public static partial void Listening(this ILogger<RunningCoordinator> log, Uri address, Uri web, string folder);

    [LoggerMessage(101, LogLevel.Debug, "grain {Grain}: nothing needs it, and it goes")]
    public static partial void Idle(this ILogger log, string grain);
}
