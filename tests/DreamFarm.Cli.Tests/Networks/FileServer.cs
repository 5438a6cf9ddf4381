using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Cli.Tests.Networks;

/// <summary>A publisher on this machine, who does what a test wants of him.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FileServer(WebApplication server) => _server = server;

    public string Url => _server.Urls.Single();

    public static async Task<FileServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return new FileServer(server);
    }

    /// <summary>Sends a file as a server does that can send parts of it.</summary>
    /// <param name="most">Bytes after which the connection is cut off, once the client has them: with it goes what has not been read.</param>
    /// <param name="had">How many bytes of the file the client has.</param>
    public static async Task SendAsync(HttpContext context, byte[] content, int most = int.MaxValue, Func<long>? had = null)
    {
        int from = 0;
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is { From: { } start })
        {
            from = (int)start;
            if (from >= content.Length)
            {
                context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                context.Response.Headers.ContentRange = $"bytes */{content.Length}";
                return;
            }
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength = content.Length - from;
        await context.Response.Body.WriteAsync(content.AsMemory(from, Math.Min(most, content.Length - from)));
        if (most < content.Length - from)
        {
            await context.Response.Body.FlushAsync();
            while (had is not null && had() < from + most)
                await Task.Delay(5);
            context.Abort();
        }
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
