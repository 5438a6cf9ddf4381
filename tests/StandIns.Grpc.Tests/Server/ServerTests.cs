using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StandIns.Grpc.Tests.Server;

public sealed class ServerTests
{
    [Fact]
    public async Task A_handler_sees_its_call()
    {
        var seen = new TaskCompletionSource<(string Method, string Host, string Peer, DateTime Deadline, string? Header, string? Text)>();
        await using var server = await ExchangeServer.StartAsync();
        server.Observations.OnCall = context => seen.TrySetResult((
            context.Method, context.Host, context.Peer, context.Deadline, context.GetHttpContext().Request.Headers.UserAgent, context.RequestHeaders.GetValue("key")));
        using var channel = ((IExchangePeer)server).OpenChannel();

        var deadline = DateTime.UtcNow.AddMinutes(5);
        await new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel(), new Metadata { { "key", "value" } }, deadline);

        var call = await seen.Task;
        Assert.Equal("/exchange.Exchange/Unary", call.Method);
        Assert.Equal(new Uri(server.Address).Authority, call.Host);
        Assert.StartsWith("ipv4:127.0.0.1:", call.Peer);
        Assert.InRange(call.Deadline, deadline.AddSeconds(-10), deadline.AddSeconds(10));
        Assert.Equal(DateTimeKind.Utc, call.Deadline.Kind);
        Assert.NotEmpty(call.Header!);
        Assert.Equal("value", call.Text);
    }

    [Fact]
    public async Task A_call_without_a_deadline_has_none()
    {
        var seen = new TaskCompletionSource<DateTime>();
        await using var server = await ExchangeServer.StartAsync();
        server.Observations.OnCall = context => seen.TrySetResult(context.Deadline);
        using var channel = ((IExchangePeer)server).OpenChannel();

        await new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel());

        Assert.Equal(DateTime.MaxValue, await seen.Task);
    }

    [Fact]
    public async Task A_handler_may_set_the_status_without_throwing()
    {
        await using var server = await ExchangeServer.StartAsync();
        server.Observations.OnCall = context => context.Status = new Status(StatusCode.DataLoss, "set");
        using var channel = ((IExchangePeer)server).OpenChannel();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel()));

        Assert.Equal(StatusCode.DataLoss, failure.StatusCode);
        Assert.Equal("set", failure.Status.Detail);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Details_of_an_exception_are_told_only_when_enabled(bool isEnabled)
    {
        await using var server = await ExchangeServer.StartAsync(options => options.EnableDetailedErrors = isEnabled);
        using var channel = ((IExchangePeer)server).OpenChannel();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel { Throw = true }));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.Equal(isEnabled, failure.Status.Detail.Contains("A secret of the server."));
    }

    [Fact]
    public async Task A_response_over_the_servers_limit_is_not_sent()
    {
        await using var server = await ExchangeServer.StartAsync(options => options.MaxSendMessageSize = 1000);
        using var channel = ((IExchangePeer)server).OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        Assert.Equal(900, (await client.UnaryAsync(new Parcel { Size = 900 })).Data.Length);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryAsync(new Parcel { Size = 1000 }));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Options_of_one_service_go_before_those_of_all()
    {
        await using var server = await ExchangeServer.StartAsync(
            options => options.MaxReceiveMessageSize = 1000,
            services => services.Configure<GrpcServiceOptions<ExchangeService>>(options => options.MaxReceiveMessageSize = null));
        using var channel = ((IExchangePeer)server).OpenChannel(options => options.MaxReceiveMessageSize = null);

        var data = ByteString.CopyFrom(new byte[5_000_000]);

        Assert.Equal(data.Length, (await new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel { Data = data })).Data.Length);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(ServiceLifetime.Singleton, 1)]
    [InlineData(ServiceLifetime.Scoped, 3)]
    public async Task A_service_lives_for_one_call_unless_it_is_registered(ServiceLifetime? lifetime, int expected)
    {
        CountingService.Reset();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2));
        builder.Services.AddGrpc();
        if (lifetime is { } registered)
            builder.Services.Add(new ServiceDescriptor(typeof(CountingService), typeof(CountingService), registered));

        await using var application = builder.Build();
        application.MapGrpcService<CountingService>();
        await application.StartAsync();
        using (var channel = GrpcChannel.ForAddress(application.Urls.Single(), new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true }))
        {
            for (var i = 0; i < 3; i++)
                await new Exchange.ExchangeClient(channel).ObserveAsync(new Parcel());
        }

        await application.StopAsync();
        await application.DisposeAsync();

        Assert.Equal(expected, CountingService.Created);
        Assert.Equal(expected, CountingService.Disposed);
    }

    [Fact]
    public async Task A_long_stream_of_requests_is_not_bound_by_the_limits_of_web_pages()
    {
        await using var server = await ExchangeServer.StartAsync(listen: endpoint =>
        {
            endpoint.KestrelServerOptions.Limits.MaxRequestBodySize = 1000;
            endpoint.KestrelServerOptions.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromSeconds(1.5));
        });
        using var channel = ((IExchangePeer)server).OpenChannel();
        using var chat = new Exchange.ExchangeClient(channel).Chat();

        for (var i = 0; i < 3; i++)
        {
            await chat.RequestStream.WriteAsync(new Parcel { Data = ByteString.CopyFrom(new byte[2000]) });
            Assert.True(await chat.ResponseStream.MoveNext(default));
            await Task.Delay(TimeSpan.FromSeconds(1.2));
        }

        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Calls_go_over_TLS()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var selfSigned = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(selfSigned.Export(X509ContentType.Pkcs12), null);
        await using var server = await ExchangeServer.StartAsync(listen: endpoint => endpoint.UseHttps(certificate));
        Assert.StartsWith("https://", server.Address);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString();
        using var channel = ((IExchangePeer)server).OpenChannel(options =>
        {
            options.HttpHandler = handler;
            options.Credentials = ChannelCredentials.SecureSsl;
        });

        Assert.Equal("hello", (await new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel { Text = "hello" })).Text);

        using var strict = ((IExchangePeer)server).OpenChannel();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Exchange.ExchangeClient(strict).UnaryAsync(new Parcel()));
        Assert.NotEqual(StatusCode.OK, failure.StatusCode);
    }

    [Fact]
    public async Task On_the_wire_a_status_without_a_message_is_in_the_headers_percent_encoded()
    {
        await using var server = await ExchangeServer.StartAsync();
        using var response = await PostAsync(server, "Unary", new Parcel { FailCode = 5, FailDetail = "50 % für 夢\n" });

        Assert.Equal("5", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("50 %25 f%C3%BCr %E5%A4%A2%0A", response.Headers.GetValues("grpc-message").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task On_the_wire_a_message_has_a_flag_and_its_length_and_the_status_follows()
    {
        await using var server = await ExchangeServer.StartAsync();
        using var response = await PostAsync(server, "Unary", new Parcel { Text = "hello" });

        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal([0, 0, 0, 0, 7, .. new Parcel { Text = "hello" }.ToByteArray()], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task The_server_keeps_the_deadline_itself()
    {
        await using var server = await ExchangeServer.StartAsync();
        using var response = await PostAsync(server, "Unary", new Parcel { Wait = true }, request => request.Headers.Add("grpc-timeout", "2S"));

        Assert.Equal("4", response.Headers.GetValues("grpc-status").Single());
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); server.Observations.Cancellations == 0; await Task.Delay(10))
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "The handler was not cancelled.");
    }

    [Fact]
    public async Task Responses_are_compressed_for_callers_who_accept_it()
    {
        await using var server = await ExchangeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");

        using var packed = await PostAsync(server, "Unary", new Parcel { Size = 100_000 }, request => request.Headers.Add("grpc-accept-encoding", "identity,gzip"));
        Assert.Equal("gzip", packed.Headers.GetValues("grpc-encoding").Single());
        var bytes = await packed.Content.ReadAsByteArrayAsync();
        Assert.Equal(1, bytes[0]);
        Assert.InRange(bytes.Length, 10, 2000);

        using var plain = await PostAsync(server, "Unary", new Parcel { Size = 100_000 });
        bytes = await plain.Content.ReadAsByteArrayAsync();
        Assert.Equal(0, bytes[0]);
        Assert.InRange(bytes.Length, 100_000, 100_100);
    }

    [Fact]
    public async Task What_is_no_gRPC_is_refused()
    {
        await using var server = await ExchangeServer.StartAsync();

        using var wrongType = await PostAsync(server, "Unary", new Parcel(), request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(ExchangeServer server, string method, Parcel message, Action<HttpRequestMessage>? configure = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var body = message.ToByteArray();
        var content = new ByteArrayContent([0, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Address}/exchange.Exchange/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Add("TE", "trailers");
        configure?.Invoke(request);
        return await http.SendAsync(request);
    }

    /// <summary>Counts its own objects.</summary>
    private sealed class CountingService : Exchange.ExchangeBase, IDisposable
    {
        private static int _created;
        private static int _disposed;

        public CountingService() => Interlocked.Increment(ref _created);

        public static int Created => _created;

        public static int Disposed => _disposed;

        public static void Reset() => _created = _disposed = 0;

        public override Task<Parcel> Observe(Parcel request, ServerCallContext context) => Task.FromResult(new Parcel());

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }
}
