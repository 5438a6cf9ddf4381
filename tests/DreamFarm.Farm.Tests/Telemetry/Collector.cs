using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Farm.Tests;

/// <summary>A collector of the test's own: takes OTLP over HTTP and keeps the spans, and the number of requests with metrics.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _metrics;

    private Collector(WebApplication app) => _app = app;

    /// <summary>For OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public string Url => _app.Urls.Single();

    public ConcurrentBag<ReceivedSpan> Spans { get; } = [];

    /// <summary>How often somebody sent metrics.</summary>
    public int Metrics => Volatile.Read(ref _metrics);

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var collector = new Collector(app);
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            foreach (var span in ReceivedSpan.ReadAll(body.ToArray()))
                collector.Spans.Add(span);
            return Results.Bytes([], "application/x-protobuf");
        });
        app.MapPost("/v1/metrics", () =>
        {
            Interlocked.Increment(ref collector._metrics);
            return Results.Bytes([], "application/x-protobuf");
        });
        await app.StartAsync();
        return collector;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
