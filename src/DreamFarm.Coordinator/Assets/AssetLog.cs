using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of assets.</summary>
internal static partial class AssetLog
{
    [LoggerMessage(500, LogLevel.Information, "asset {Asset}: received, {Bytes} bytes")]
    public static partial void Received(this ILogger<AssetsService> log, string asset, long bytes);

    [LoggerMessage(501, LogLevel.Information, "asset {Asset}: sent to a worker, from byte {Offset} on")]
    public static partial void Sent(this ILogger<AssetsService> log, string asset, long offset);
}
