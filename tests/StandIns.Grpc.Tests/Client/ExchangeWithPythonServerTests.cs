using System.Globalization;

namespace StandIns.Grpc.Tests.Client;

/// <summary>The client of this family with a server by an independent implementation.</summary>
public sealed class ExchangeWithPythonServerTests : ExchangeTests
{
    protected override async Task<IExchangePeer> StartAsync(int maxReceiveBytes, bool usesGzip) =>
        await PythonPeer.StartServerAsync(maxReceiveBytes.ToString(CultureInfo.InvariantCulture), usesGzip ? "gzip" : "plain");
}
