using Google.Protobuf;
using Grpc.Core;

namespace StandIns.Grpc.Tests;

public sealed class CallKindTests
{
    [Fact]
    public async Task A_unary_call_is_answered()
    {
        await using var server = await ExchangeServer.StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        using var call = client.UnaryAsync(new Parcel { Text = "hello", Data = ByteString.CopyFrom(1, 2, 3) });
        var answer = await call;

        Assert.Equal("hello", answer.Text);
        Assert.Equal([1, 2, 3], answer.Data.ToByteArray());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_blocking_unary_call_is_answered()
    {
        await using var server = await ExchangeServer.StartAsync();
        using var channel = server.OpenChannel();

        var answer = await Task.Run(() => new Exchange.ExchangeClient(channel).Unary(new Parcel { Text = "hello" }));

        Assert.Equal("hello", answer.Text);
    }

    [Fact]
    public async Task A_stream_of_requests_is_answered_once()
    {
        await using var server = await ExchangeServer.StartAsync();
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
        await using var server = await ExchangeServer.StartAsync();
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
    public async Task A_stream_without_a_message_ends()
    {
        await using var server = await ExchangeServer.StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        using var spread = client.Spread(new Parcel());
        Assert.False(await spread.ResponseStream.MoveNext(default));
        Assert.False(await spread.ResponseStream.MoveNext(default));
        Assert.Equal(StatusCode.OK, spread.GetStatus().StatusCode);

        using var collect = client.Collect();
        await collect.RequestStream.CompleteAsync();
        Assert.Equal(0, (await collect).Count);
    }

    [Fact]
    public async Task Streams_both_ways_take_turns()
    {
        await using var server = await ExchangeServer.StartAsync();
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
        await using var server = await ExchangeServer.StartAsync();
        using var channel = server.OpenChannel();
        var client = new Exchange.ExchangeClient(channel);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => (await client.UnaryAsync(new Parcel { Text = i.ToString() })).Text));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => i.ToString()), answers);
    }
}
