using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace DreamFarm.Telemetry;

/// <summary>Logs to stderr.</summary>
public static class Logging
{
    /// <summary>Replaces whatever loggers there are by one on stderr.</summary>
    public static void LogToStandardError(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.ClearProviders();
        if (settings.Format == LogFormat.Json)
        {
            logging.AddConsole(console => console.FormatterName = JsonLines.FormatterName).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(settings.Level);
        // The host logs, with all its stack, what it throws at whoever starts it.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // At every start the silo warns against the collector that is chosen here: one that keeps memory small.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // Orleans 10 counts the time to its first check from the machine's start, and warns that it was long.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // Nothing is protected with keys that a restart must not lose.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        if (settings.Level == LogLevel.Trace)
            return;
        var libraries = settings.Level > LogLevel.Warning ? settings.Level : LogLevel.Warning;
        foreach (string library in (ReadOnlySpan<string>)["Microsoft", "Orleans", "Polly", "Grpc", "System"])
            logging.AddFilter(library, libraries);
        // A process that stood still, or whose machine is busy, is told of by each of the silo's timers and messages, and by its health check, which
        // knows stalls of ten seconds as errors. What came of it is said by whoever waited.
        foreach (string category in (ReadOnlySpan<string>)["Orleans.Runtime.AsyncTimer", "Orleans.Messaging", "Orleans.Runtime.MembershipService.LocalSiloHealthMonitor"])
            logging.AddFilter(category, LogLevel.Error);
        // The framework logs every caller in our name.
        logging.AddFilter("DreamFarm.Coordinator.TokenAuthentication", settings.Level > LogLevel.Information ? settings.Level : LogLevel.Information);
    }
}
