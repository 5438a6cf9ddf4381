using DreamFarm.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DreamFarm.Worker;

/// <summary>
/// What an operator's tools ask a worker over HTTP: /health/live, /health/ready and /metrics. Live while the process serves at all;
/// ready while its coordinator knows it and it takes work, otherwise 503 and why.
/// </summary>
internal static class WorkerPages
{
    public static void MapPages(this IEndpointRouteBuilder routes, PrometheusMetrics metrics, Func<string?> findObstacle)
    {
        routes.MapGet("/health/live", context => AnswerAsync(context, StatusCodes.Status200OK, "live"));
        routes.MapGet("/health/ready", context => findObstacle() is { } obstacle
            ? AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, obstacle)
            : AnswerAsync(context, StatusCodes.Status200OK, "ready"));
        routes.MapGet("/metrics", context =>
        {
            context.Response.ContentType = PrometheusMetrics.ContentType;
            return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
        });
    }

    private static Task AnswerAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
