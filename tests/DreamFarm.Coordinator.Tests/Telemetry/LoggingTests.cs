using DreamFarm.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator.Tests;

public class LoggingTests
{
    [Theory]
    [InlineData("Orleans.Runtime.AsyncTimer.UpdateIAmAlive")]
    [InlineData("Orleans.Messaging")]
    [InlineData("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor")]
    public void Of_a_silo_that_stood_still_only_errors_are_said(string category)
    {
        Assert.False(Says(LogLevel.Information, category, LogLevel.Warning));
        Assert.True(Says(LogLevel.Information, category, LogLevel.Error));
    }

    [Theory, InlineData("Orleans.Runtime.CallbackData"), InlineData("Grpc.AspNetCore.Server.ServerCallHandler"), InlineData("Microsoft.AspNetCore.Server.Kestrel")]
    public void Libraries_speak_from_warnings_on(string category)
    {
        Assert.False(Says(LogLevel.Information, category, LogLevel.Information));
        Assert.True(Says(LogLevel.Information, category, LogLevel.Warning));
    }

    [Theory, InlineData("Orleans.Messaging"), InlineData("Orleans.Runtime.CallbackData"), InlineData("DreamFarm.Coordinator.JobGrain")]
    public void A_trace_has_all_of_it(string category) => Assert.True(Says(LogLevel.Trace, category, LogLevel.Trace));

    private static bool Says(LogLevel setting, string category, LogLevel level)
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.LogToStandardError(new LogSettings { Level = setting })).BuildServiceProvider();
        return services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);
    }
}
