using DreamFarm.Imaging;

namespace DreamFarm.Decoder;

/// <summary>Answers one request after the other, in order, until the pipe is closed.</summary>
internal sealed class DecoderLoop(Stream requests, Stream replies)
{
    /// <summary>Says that it is ready, and serves.</summary>
    public async Task RunAsync()
    {
        // Takes the time of loading libvips now, not from the first image.
        await AnswerAsync(new DecoderRequest("/dev/null", 1));
        await Frame.WriteAsync(replies, DecoderReply.Ready.ToBytes(), CancellationToken.None);
        while (await Frame.ReadAsync(requests, CancellationToken.None) is { } frame)
            await Frame.WriteAsync(replies, (await AnswerAsync(DecoderRequest.Parse(frame))).ToBytes(), CancellationToken.None);
    }

    private static async Task<DecoderReply> AnswerAsync(DecoderRequest request)
    {
        try
        {
            return DecoderReply.Of(request.Pixels.Length == 0
                ? ImageReader.Inspect(request.Input, request.MaxPixels)
                : await ImageReader.DecodeAsync(request.Input, request.Pixels, request.Alpha, request.MaxPixels));
        }
        catch (Exception e) when (IsOutOfMemory(e))
        {
            return DecoderReply.OutOfMemory;
        }
        catch (ImageException e) when (e.InnerException is IOException disk)
        {
            return DecoderReply.NotStored(disk.Message);
        }
        catch (ImageException e)
        {
            return DecoderReply.Refused(e.Message);
        }
    }

    // libvips and the decoders below it each have words of their own for an allocation that failed.
    private static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ImageException && (Says(exception, "out of memory") || Says(exception, "Insufficient memory") || Says(exception, "No space for")))
        || (exception.InnerException is { } inner && IsOutOfMemory(inner));

    private static bool Says(Exception exception, string words) =>
        (exception.InnerException ?? exception).Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
