namespace StandIns.Grpc.Tests.Client;

/// <summary>Client and server of this family.</summary>
public sealed class ExchangeWithOwnServerTests : ExchangeTests
{
    protected override async Task<IExchangePeer> StartAsync(int maxReceiveBytes, bool usesGzip) => await ExchangeServer.StartAsync(options =>
    {
        options.MaxReceiveMessageSize = maxReceiveBytes < 0 ? null : maxReceiveBytes;
        options.ResponseCompressionAlgorithm = usesGzip ? "gzip" : null;
    });
}
