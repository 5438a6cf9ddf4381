using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Log lines of decoders.</summary>
internal static partial class DecodingLog
{
    [LoggerMessage(1100, LogLevel.Debug, "decoder {Process} says: {Text}")]
    public static partial void DecoderSays(this ILogger log, int process, string text);

    [LoggerMessage(1101, LogLevel.Warning, "a decoder {Why} while it read {InputName}; another one tries")]
    public static partial void DecoderLost(this ILogger log, string why, string inputName);

    [LoggerMessage(1102, LogLevel.Warning, "the image decoder {Why}")]
    public static partial void DecoderDidNotStart(this ILogger log, string why);

    [LoggerMessage(1103, LogLevel.Warning, "the decoder's folder {Folder} could not be deleted")]
    public static partial void DecoderFolderNotDeleted(this ILogger log, Exception exception, string folder);

    [LoggerMessage(1104, LogLevel.Information, "job {Job}: {InputName} decoded in {Seconds:F1} s")]
    public static partial void Decoded(this ILogger log, string job, string inputName, double seconds);
}
