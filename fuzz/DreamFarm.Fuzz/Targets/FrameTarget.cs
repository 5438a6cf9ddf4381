using DreamFarm.Decoder;
using DreamFarm.Imaging;

namespace DreamFarm.Fuzz;

/// <summary>What a decoder says, which an image may have taken over.</summary>
internal sealed class FrameTarget : IFuzzTarget
{
    public string Name => "frames";

    public int Share => 6;

    public IEnumerable<byte[]> Seeds =>
    [
        Framed(DecoderReply.Ready.ToBytes()),
        Framed(DecoderReply.Of(new ImageInfo("PNG", 96, 80, 16, true, false)).ToBytes()),
        Framed(DecoderReply.Refused("sky.png is damaged").ToBytes()),
        Framed(new DecoderRequest("/data/input", 1000, "/data/pixels", "/data/alpha").ToBytes()),
    ];

    public IReadOnlyList<string> Words => [];

    public void Run(byte[] input)
    {
        using var stream = new MemoryStream(input);
        try
        {
            // A stream in memory completes at once.
            while (Frame.ReadAsync(stream, CancellationToken.None).GetAwaiter().GetResult() is { } frame)
            {
                Try(() => DecoderReply.Parse(frame));
                Try(() => DecoderRequest.Parse(frame));
            }
        }
        catch (InvalidDataException)
        {
            // As documented.
        }
    }

    private static void Try(Action parse)
    {
        try
        {
            parse();
        }
        catch (InvalidDataException)
        {
            // As documented.
        }
    }

    private static byte[] Framed(byte[] message) => [.. BitConverter.GetBytes(message.Length), .. message];
}
