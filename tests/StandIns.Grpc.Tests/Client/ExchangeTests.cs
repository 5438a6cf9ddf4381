using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace StandIns.Grpc.Tests.Client;

/// <summary>What the client of this family must do, against a server that a derived class starts.</summary>
public abstract class ExchangeTests
{
    private const int Megabyte = 1024 * 1024;

    /// <summary>Starts the server with its limit for received messages, in bytes; negative for none.</summary>
    protected abstract Task<IExchangePeer> StartAsync(int maxReceiveBytes = 4 * Megabyte, bool usesGzip = false);

    [Fact]
    public async Task A_unary_call_is_answered()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel { Text = "hello", Data = ByteString.CopyFrom(1, 2, 3) });

        var answer = await call;

        Assert.Equal("hello", answer.Text);
        Assert.Equal([1, 2, 3], answer.Data.ToByteArray());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_blocking_unary_call_is_answered()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();

        var answer = await Task.Run(() => new Exchange.ExchangeClient(channel).Unary(new Parcel { Text = "hello" }));

        Assert.Equal("hello", answer.Text);
    }

    [Fact]
    public async Task A_stream_of_requests_is_answered_once()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).Collect();

        foreach (var text in new[] { "a", "b", "c" })
            await call.RequestStream.WriteAsync(new Parcel { Text = text, Data = ByteString.CopyFrom(new byte[10]) });

        await call.RequestStream.CompleteAsync();
        var answer = await call;

        Assert.Equal("a,b,c", answer.Text);
        Assert.Equal(3, answer.Count);
        Assert.Equal(30, answer.Size);
    }

    [Fact]
    public async Task One_request_is_answered_by_a_stream()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).Spread(new Parcel { Count = 100, Size = 1000 });

        var texts = new List<string>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(1000, answer.Data.Length);
            texts.Add(answer.Text);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i.ToString()), texts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Streams_without_a_message_end()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        using var spread = client.Spread(new Parcel());
        Assert.False(await spread.ResponseStream.MoveNext(default));
        Assert.False(await spread.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.OK, spread.GetStatus().StatusCode);

        using var collect = client.Collect();
        await collect.RequestStream.CompleteAsync();
        Assert.Equal(0, (await collect).Count);

        using var chat = client.Chat();
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Streams_both_ways_take_turns()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).Chat();

        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(new Parcel { Text = i.ToString() });
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal(i.ToString(), call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Many_calls_share_one_channel()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => (await client.UnaryAsync(new Parcel { Text = i.ToString() })).Text));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => i.ToString()), answers);
    }

    [Fact]
    public async Task Messages_of_64_MiB_go_both_ways()
    {
        await using var server = await StartAsync(maxReceiveBytes: -1);
        using var channel = server.OpenChannel(options => options.MaxReceiveMessageSize = null);
        var client = new Exchange.ExchangeClient(channel);
        var bytes = new byte[64 * Megabyte];
        new Random(1).NextBytes(bytes);
        var large = new Parcel { Data = UnsafeByteOperations.UnsafeWrap(bytes) };

        Assert.True((await client.UnaryAsync(large)).Data.Span.SequenceEqual(bytes));

        using var chat = client.Chat();
        await chat.RequestStream.WriteAsync(large);
        await chat.RequestStream.CompleteAsync();
        Assert.True(await chat.ResponseStream.MoveNext(default));
        Assert.True(chat.ResponseStream.Current.Data.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task A_response_over_the_clients_limit_is_refused()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        Assert.Equal(3 * Megabyte, (await client.UnaryAsync(new Parcel { Size = 3 * Megabyte })).Data.Length);
        await FailsAsync(StatusCode.ResourceExhausted, async () => await client.UnaryAsync(new Parcel { Size = 4 * Megabyte }));

        using var spread = client.Spread(new Parcel { Count = 1, Size = 5 * Megabyte });
        await FailsAsync(StatusCode.ResourceExhausted, () => spread.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task A_request_over_the_clients_limit_is_not_sent()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel(options => options.MaxSendMessageSize = 1000);
        var client = new Exchange.ExchangeClient(channel);
        var large = new Parcel { Data = ByteString.CopyFrom(new byte[1000]) };

        await FailsAsync(StatusCode.ResourceExhausted, async () => await client.UnaryAsync(large));
        using var collect = client.Collect();
        await FailsAsync(StatusCode.ResourceExhausted, () => collect.RequestStream.WriteAsync(large));
    }

    [Fact]
    public async Task A_request_over_the_servers_limit_is_refused_by_the_server()
    {
        await using var server = await StartAsync(maxReceiveBytes: 1000);
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);
        var large = new Parcel { Data = ByteString.CopyFrom(new byte[1000]) };

        await FailsAsync(StatusCode.ResourceExhausted, async () => await client.UnaryAsync(large));
        using var chat = client.Chat();
        // Refused, perhaps, before the write has returned.
        await Record.ExceptionAsync(() => chat.RequestStream.WriteAsync(large));
        await FailsAsync(StatusCode.ResourceExhausted, () => chat.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Headers_and_trailers_arrive_text_and_bytes()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var headers = new Metadata { { "Echo", "to and fro" }, { "echo-bin", bytes } };

        using var unary = client.UnaryAsync(new Parcel(), headers);
        Assert.Equal("to and fro", (await unary.ResponseHeadersAsync).GetValue("echo"));
        await unary;
        Assert.Equal(bytes, unary.GetTrailers().GetValueBytes("echo-bin"));

        // The headers are there before the first message.
        using var chat = client.Chat(headers);
        Assert.Equal("to and fro", (await chat.ResponseHeadersAsync).GetValue("echo"));
        Assert.Throws<InvalidOperationException>(() => chat.GetTrailers());
        Assert.Throws<InvalidOperationException>(() => chat.GetStatus());
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(default));
        Assert.Equal(bytes, chat.GetTrailers().GetValueBytes("echo-bin"));
    }

    [Fact]
    public async Task A_status_arrives_with_its_detail_and_trailers()
    {
        const string Detail = "100 % wrong,\nüber and 夢";
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);
        var request = new Parcel { FailCode = (int)StatusCode.FailedPrecondition, FailDetail = Detail };

        using var unary = client.UnaryAsync(request);
        var failure = await FailsAsync(StatusCode.FailedPrecondition, async () => await unary);
        Assert.Equal(Detail, failure.Status.Detail);
        Assert.Equal("as asked", failure.Trailers.GetValue("reason"));
        Assert.Equal(Detail, unary.GetStatus().Detail);
        Assert.Equal("as asked", unary.GetTrailers().GetValue("reason"));

        // After messages the status comes as trailers, without any as the only headers.
        request.Count = 3;
        using var spread = client.Spread(request);
        for (var i = 0; i < 3; i++)
            Assert.True(await spread.ResponseStream.MoveNext(default));

        failure = await FailsAsync(StatusCode.FailedPrecondition, () => spread.ResponseStream.MoveNext(default));
        Assert.Equal(Detail, failure.Status.Detail);
        Assert.Equal("as asked", spread.GetTrailers().GetValue("reason"));
        await FailsAsync(StatusCode.FailedPrecondition, () => spread.ResponseStream.MoveNext(default));

        using var collect = client.Collect();
        // Failed, perhaps, before the write has returned.
        await Record.ExceptionAsync(() => collect.RequestStream.WriteAsync(request));
        await FailsAsync(StatusCode.FailedPrecondition, async () => await collect);
    }

    [Fact]
    public async Task An_exception_of_a_handler_is_an_unknown_error()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        await FailsAsync(StatusCode.Unknown, async () => await client.UnaryAsync(new Parcel { Throw = true }));
        using var spread = client.Spread(new Parcel { Count = 1, Throw = true });
        Assert.True(await spread.ResponseStream.MoveNext(default));
        await FailsAsync(StatusCode.Unknown, () => spread.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_unimplemented()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var marshaller = Marshallers.Create<Parcel>(parcel => parcel.ToByteArray(), Parcel.Parser.ParseFrom);
        foreach (var (service, name) in new[] { ("exchange.Exchange", "Nothing"), ("no.Service", "Method") })
        {
            var method = new Method<Parcel, Parcel>(MethodType.Unary, service, name, marshaller, marshaller);
            await FailsAsync(StatusCode.Unimplemented, async () => await channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Parcel()));
        }
    }

    [Fact]
    public async Task A_marshaller_over_whole_arrays_works_too()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var marshaller = Marshallers.Create<Parcel>(parcel => parcel.ToByteArray(), Parcel.Parser.ParseFrom);
        var method = new Method<Parcel, Parcel>(MethodType.Unary, "exchange.Exchange", "Unary", marshaller, marshaller);

        var answer = await channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Parcel { Text = "hello" });

        Assert.Equal("hello", answer.Text);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);
        await client.UnaryAsync(new Parcel());
        var clock = Stopwatch.StartNew();

        // Long enough that both have come to the server, and the one's message back, on a machine that is busy.
        var deadline = DateTime.UtcNow.AddSeconds(10);
        using var unary = client.UnaryAsync(new Parcel { Wait = true }, deadline: deadline);
        using var spread = client.Spread(new Parcel { Count = 1, Wait = true }, deadline: deadline);
        Assert.True(await spread.ResponseStream.MoveNext(default));
        await UntilWaitingAsync(client, 2);
        await FailsAsync(StatusCode.DeadlineExceeded, () => spread.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.DeadlineExceeded, spread.GetStatus().StatusCode);
        await FailsAsync(StatusCode.DeadlineExceeded, async () => await unary);
        Assert.InRange(clock.Elapsed.TotalSeconds, 9.9, 200);
        await UntilCancelledAsync(client, 2);

        Assert.Equal("in time", (await client.UnaryAsync(new Parcel { Text = "in time" }, deadline: DateTime.UtcNow.AddSeconds(120))).Text);
    }

    [Fact]
    public async Task A_deadline_in_the_past_ends_the_call_at_once()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        await FailsAsync(StatusCode.DeadlineExceeded, async () => await client.UnaryAsync(new Parcel(), deadline: DateTime.UtcNow.AddSeconds(-1)));
    }

    [Fact]
    public async Task Cancelling_a_call_ends_it_on_both_sides()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        using var cancellation = new CancellationTokenSource();
        using var unary = client.UnaryAsync(new Parcel { Wait = true }, cancellationToken: cancellation.Token);
        await UntilWaitingAsync(client, 1);
        await cancellation.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, async () => await unary);
        await UntilCancelledAsync(client, 1);

        // The token of a single read ends the whole call.
        using var readCancellation = new CancellationTokenSource();
        using var spread = client.Spread(new Parcel { Count = 1, Wait = true });
        Assert.True(await spread.ResponseStream.MoveNext(readCancellation.Token));
        var read = spread.ResponseStream.MoveNext(readCancellation.Token);
        await UntilWaitingAsync(client, 2);
        await readCancellation.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => read);
        await UntilCancelledAsync(client, 2);
    }

    [Fact]
    public async Task Disposing_a_call_ends_it_on_both_sides()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);
        var spread = client.Spread(new Parcel { Count = 1, Wait = true });
        Assert.True(await spread.ResponseStream.MoveNext(default));
        var read = spread.ResponseStream.MoveNext(default);
        var chat = client.Chat();
        await UntilWaitingAsync(client, 1);

        spread.Dispose();
        chat.Dispose();

        await FailsAsync(StatusCode.Cancelled, () => read);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => chat.RequestStream.WriteAsync(new Parcel()));
        await UntilCancelledAsync(client, 1);
    }

    [Fact]
    public async Task Disposing_a_channel_ends_its_calls()
    {
        await using var server = await StartAsync();
        using var other = server.OpenChannel();
        var otherClient = new Exchange.ExchangeClient(other);
        var channel = server.OpenChannel();
        var call = new Exchange.ExchangeClient(channel).UnaryAsync(new Parcel { Wait = true }).ResponseAsync;
        await UntilWaitingAsync(otherClient, 1);

        channel.Dispose();

        await Assert.ThrowsAsync<RpcException>(() => call);
        await UntilCancelledAsync(otherClient, 1);
        Assert.Throws<ObjectDisposedException>(() => new Exchange.ExchangeClient(channel));
    }

    [Fact]
    public async Task A_slow_reader_stops_a_fast_server()
    {
        const int Messages = 4000;
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var other = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).Spread(new Parcel { Count = Messages, Size = 64 * 1024 });
        Assert.True(await call.ResponseStream.MoveNext(default));

        var sent = await UntilSteadyAsync(async () => (await new Exchange.ExchangeClient(other).ObserveAsync(new Parcel())).Size);
        Assert.InRange(sent, 1, Messages / 4);

        var received = 1;
        while (await call.ResponseStream.MoveNext(default))
            received++;

        Assert.Equal(Messages, received);
    }

    [Fact]
    public async Task A_slow_server_stops_a_fast_writer()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).Collect();
        await call.RequestStream.WriteAsync(new Parcel { Wait = true });
        var message = new Parcel { Data = ByteString.CopyFrom(new byte[64 * 1024]) };
        var written = 0;
        var writing = WriteAsync();

        var steady = await UntilSteadyAsync(() => Task.FromResult(Volatile.Read(ref written)));
        Assert.InRange(steady, 1, 1000);
        Assert.False(writing.IsCompleted);

        call.Dispose();
        await FailsAsync(StatusCode.Cancelled, () => writing);

        async Task WriteAsync()
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(message);
                Interlocked.Increment(ref written);
            }
        }
    }

    [Fact]
    public async Task One_message_at_a_time_and_none_after_the_end()
    {
        await using var server = await StartAsync();
        using var channel = server.OpenChannel();
        using var call = new Exchange.ExchangeClient(channel).Chat();
        var read = call.ResponseStream.MoveNext(default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext(default));

        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Parcel()));
        Assert.False(await read);
    }

    [Fact]
    public async Task Requests_are_compressed_when_asked_for()
    {
        await using var server = await StartAsync();
        var recorder = new RecordingHandler();
        using var channel = server.OpenChannel(options => options.HttpHandler = recorder);
        var client = new Exchange.ExchangeClient(channel);
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var data = ByteString.CopyFrom(new byte[200_000]);

        Assert.Equal(data, (await client.UnaryAsync(new Parcel { Data = data }, headers)).Data);
        Assert.Equal("gzip", recorder.RequestEncoding);

        using var collect = client.Collect(headers);
        await collect.RequestStream.WriteAsync(new Parcel { Data = data });
        collect.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await collect.RequestStream.WriteAsync(new Parcel { Data = data });
        await collect.RequestStream.CompleteAsync();
        Assert.Equal(400_000, (await collect).Size);
    }

    [Fact]
    public async Task Compressed_responses_are_read()
    {
        await using var server = await StartAsync(usesGzip: true);
        var recorder = new RecordingHandler();
        using var channel = server.OpenChannel(options => options.HttpHandler = recorder);
        var client = new Exchange.ExchangeClient(channel);

        Assert.Equal(200_000, (await client.UnaryAsync(new Parcel { Size = 200_000 })).Data.Length);
        Assert.Equal("gzip", recorder.ResponseEncoding);

        using var spread = client.Spread(new Parcel { Count = 3, Size = 200_000 });
        await foreach (var answer in spread.ResponseStream.ReadAllAsync())
            Assert.Equal(200_000, answer.Data.Length);
    }

    [Fact]
    public async Task A_call_fails_when_its_server_dies_and_a_server_that_is_gone_is_unavailable()
    {
        string address;
        await using (var server = await StartAsync())
        {
            address = server.Address;
            using var channel = server.OpenChannel();
            using var spread = new Exchange.ExchangeClient(channel).Spread(new Parcel { Count = 1, Wait = true });
            Assert.True(await spread.ResponseStream.MoveNext(default));
            var read = spread.ResponseStream.MoveNext(default);

            await server.KillAsync();

            var failure = await Assert.ThrowsAsync<RpcException>(() => read);
            Assert.NotEqual(StatusCode.OK, failure.StatusCode);
        }

        using var refused = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });
        await FailsAsync(StatusCode.Unavailable, async () => await new Exchange.ExchangeClient(refused).UnaryAsync(new Parcel()));
    }

    private static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(code == failure.StatusCode, $"{code} was expected: {failure.Status}");
        return failure;
    }

    private static Task UntilWaitingAsync(Exchange.ExchangeClient client, int count) => UntilAsync(client, seen => seen.Text == count.ToString());

    private static Task UntilCancelledAsync(Exchange.ExchangeClient client, int count) => UntilAsync(client, seen => seen.Count == count);

    private static async Task UntilAsync(Exchange.ExchangeClient client, Func<Parcel, bool> isSeen)
    {
        var clock = Stopwatch.StartNew();
        while (!isSeen(await client.ObserveAsync(new Parcel())))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "The server was not told.");
            await Task.Delay(20);
        }
    }

    private static async Task<int> UntilSteadyAsync(Func<Task<int>> read)
    {
        // Several times the same: once, it may only have waited for a processor.
        for (int last = -1, same = 0; ;)
        {
            await Task.Delay(200);
            var now = await read();
            same = now == last && now > 0 ? same + 1 : 0;
            if (same == 4)
                return now;

            last = now;
        }
    }

    private sealed class RecordingHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        public string? RequestEncoding { get; private set; }

        public string? ResponseEncoding { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            RequestEncoding = request.Headers.TryGetValues("grpc-encoding", out var sent) ? sent.Single() : null;
            var response = await base.SendAsync(request, cancellationToken);
            ResponseEncoding = response.Headers.TryGetValues("grpc-encoding", out var received) ? received.Single() : null;
            return response;
        }
    }
}
