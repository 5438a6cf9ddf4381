using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of security.</summary>
internal static partial class SecurityLog
{
    [LoggerMessage(900, LogLevel.Warning, "the tokens cannot be read anew, those known last are good: {Reason}")]
    public static partial void TokensUnread(this ILogger<TokenDirectory> log, string reason);

    [LoggerMessage(901, LogLevel.Information, "{Peer} is refused {Path}: {Why}")]
    public static partial void Refused(this ILogger<Refusals> log, string peer, string path, string why);

    [LoggerMessage(902, LogLevel.Warning, "--insecure: {What}")]
    public static partial void Insecure(this ILogger<RunningCoordinator> log, string what);
}
