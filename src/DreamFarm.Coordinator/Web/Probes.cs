using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamFarm.Coordinator;

/// <summary>What an orchestrator asks over HTTP: /health/live and /health/ready, one line of plain text each.</summary>
internal static class Probes
{
    // Somebody who asks every few seconds is not kept waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Live while the process serves at all; ready while the silo answers and is not about to stop, otherwise 503.</summary>
    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", context => AnswerAsync(context, StatusCodes.Status200OK, "live")).AllowAnonymous();
        routes.MapGet("/health/ready", async context =>
        {
            if (await FindObstacleAsync(context) is { } obstacle)
                await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, obstacle);
            else
                await AnswerAsync(context, StatusCodes.Status200OK, "ready");
        }).AllowAnonymous();
    }

    private static async Task<string?> FindObstacleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
            return "the coordinator is stopping";
        try
        {
            var registry = services.GetRequiredService<IGrainFactory>().GetGrain<IWorkersGrain>(0);
            await registry.ListAsync().WaitAsync(Patience, services.GetRequiredService<TimeProvider>(), context.RequestAborted);
            return null;
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            return "the registry of workers does not answer";
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
