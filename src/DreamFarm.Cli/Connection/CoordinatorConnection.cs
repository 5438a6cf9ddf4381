using DreamFarm.Cli.Failures;
using DreamFarm.Security;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Connection;

/// <summary>The coordinator that a client command talks to.</summary>
internal sealed class CoordinatorConnection
{
    /// <summary>A coordinator answers at once whatever it does; this long only a broken one is silent.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(30);

    private CoordinatorConnection(GrpcChannel channel)
    {
        Jobs = new V1.Jobs.JobsClient(channel);
        Assets = new V1.Assets.AssetsClient(channel);
        Workers = new V1.Workers.WorkersClient(channel);
    }

    public V1.Jobs.JobsClient Jobs { get; }

    public V1.Assets.AssetsClient Assets { get; }

    public V1.Workers.WorkersClient Workers { get; }

    /// <summary>When a call that starts now has to be answered.</summary>
    public static DateTime Deadline => TimeProvider.System.GetUtcNow().UtcDateTime + AnswerTime;

    /// <summary>Connects for the time of a command. Failed calls come out as sentences.</summary>
    /// <exception cref="UserException">The address makes no sense, nobody answers there, or the coordinator refuses.</exception>
    public static async Task<T> UseAsync<T>(string address, ClientSecurity security, Func<CoordinatorConnection, Task<T>> command, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            throw new UserException($"--coordinator must be an address such as http://127.0.0.1:7600, not \"{address}\"");
        security.Check(uri);

        using var channel = GrpcChannel.ForAddress(uri, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = security.Wrap(new SocketsHttpHandler
            {
                SslOptions = security.Tls.Options(),
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                // A coordinator whose machine is gone closes no connection: it is asked now and then.
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
                // HTTP/2 without TLS passes through no proxy.
                UseProxy = uri.Scheme == "https",
            }),
        });
        try
        {
            return await command(new CoordinatorConnection(channel));
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new UserException(ConnectionProblem.Of(e.Status.DebugException, uri) ?? Sentence(e.Status, address), e);
        }
    }

    private static string Sentence(Status status, string address) => status.StatusCode switch
    {
        // The coordinator's own sentences, for whoever asked.
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.ResourceExhausted
            or StatusCode.Unauthenticated or StatusCode.PermissionDenied => status.Detail,
        StatusCode.Unavailable =>
            $"no coordinator answers at {address}: start one with `dreamfarm coordinator`, or name another with --coordinator",
        StatusCode.DeadlineExceeded => $"the coordinator at {address} did not answer within {AnswerTime.TotalSeconds:0} seconds",
        // Another kind of server, or the other of http and https.
        _ when status.DebugException is HttpRequestException =>
            $"what answers at {address} is no coordinator: look again at the port, and at http or https",
        StatusCode.Unimplemented => $"what answers at {address} is no coordinator of this version: name another with --coordinator",
        _ => $"the coordinator at {address} failed: {status.Detail}",
    };
}
