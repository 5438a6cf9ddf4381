using DreamFarm.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator;

/// <summary>/metrics, in Prometheus' text format.</summary>
internal static class MetricsPage
{
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        // What is counted from the start is to be listened to from the start.
        var metrics = routes.ServiceProvider.GetRequiredService<PrometheusMetrics>();
        var census = routes.ServiceProvider.GetRequiredService<FarmCensus>();
        return routes.MapGet("/metrics", async context =>
        {
            await census.CountAsync(context.RequestAborted);
            context.Response.ContentType = PrometheusMetrics.ContentType;
            await context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
        });
    }
}
