namespace StandIns.Grpc.Tests.Server;

/// <summary>The server of this family with a client by an independent implementation; the calls are in peers/exchange_client.py.</summary>
public sealed class PythonClientTests
{
    [Theory]
    [InlineData("call_kinds")]
    [InlineData("empty_streams")]
    [InlineData("limits")]
    [InlineData("metadata")]
    [InlineData("errors")]
    [InlineData("unimplemented")]
    [InlineData("deadlines")]
    [InlineData("cancellation")]
    [InlineData("gzip")]
    [InlineData("reflection")]
    public async Task An_independent_client_sees_what_it_should(string call)
    {
        PythonPeer.SkipIfMissing();
        await using var server = await ExchangeServer.StartAsync();

        Assert.Equal("as it should be\n", await PythonPeer.CallAsync(server.Address, call));
    }

    [Fact]
    public async Task An_independent_client_exchanges_messages_of_64_MiB()
    {
        PythonPeer.SkipIfMissing();
        await using var server = await ExchangeServer.StartAsync(options => options.MaxReceiveMessageSize = null);

        await PythonPeer.CallAsync(server.Address, "large");
    }

    [Fact]
    public async Task An_independent_client_reads_compressed_responses()
    {
        PythonPeer.SkipIfMissing();
        await using var server = await ExchangeServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");

        await PythonPeer.CallAsync(server.Address, "gzip");
        await PythonPeer.CallAsync(server.Address, "call_kinds");
    }

    [Fact]
    public async Task An_independent_client_checks_health()
    {
        PythonPeer.SkipIfMissing();
        await using var server = await ExchangeServer.StartAsync(services: HealthTests.AddOneCheck(() => true));

        await PythonPeer.CallAsync(server.Address, "health");
    }
}
