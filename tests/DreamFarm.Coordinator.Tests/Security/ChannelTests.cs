using System.Net;
using System.Net.Sockets;
using DreamFarm.Protocol.V1;
using DreamFarm.Security;
using Grpc.Core;
using Grpc.Net.Client;

namespace DreamFarm.Coordinator.Tests;

public class ChannelTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory, InlineData(null), InlineData("a-token")]
    public async Task Every_call_dials_and_fails_with_what_kept_it(string? token)
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var address = new Uri($"http://{nobody.LocalEndpoint}");
        nobody.Stop();
        using var channel = Dial(address, token, new SocketsHttpHandler());
        for (int call = 0; call < 2; call++)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await ListAsync(channel));
            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
            Assert.Contains($"Connection refused ({address.Authority})", refused.Status.Detail);
        }
    }

    [Fact]
    public async Task A_proxy_is_dialled_in_the_servers_place()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        using var channel = Dial(new Uri("https://farm.invalid:7600"), token: null,
            new SocketsHttpHandler { UseProxy = true, Proxy = new WebProxy($"http://{proxy.LocalEndpoint}") });
        var call = Assert.ThrowsAsync<RpcException>(async () => await ListAsync(channel));
        var dialled = proxy.AcceptTcpClientAsync(Cancelled).AsTask();
        Assert.Same(dialled, await Task.WhenAny(dialled, call));
        using (var tunnel = await dialled)
        using (var reader = new StreamReader(tunnel.GetStream()))
        {
            Assert.Equal("CONNECT farm.invalid:7600 HTTP/1.1", await reader.ReadLineAsync(Cancelled));
            await tunnel.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Cancelled);
        }
        await call;
    }

    private static GrpcChannel Dial(Uri address, string? token, SocketsHttpHandler handler) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new ClientSecurity(ClientTls.Default, token is null ? null : BearerToken.Of(token, "the test")).Wrap(handler),
        DisposeHttpClient = true,
    });

    private static async Task ListAsync(GrpcChannel channel) =>
        await new Jobs.JobsClient(channel).ListAsync(new ListJobsRequest(), deadline: DateTime.UtcNow.AddSeconds(60), cancellationToken: Cancelled);
}
