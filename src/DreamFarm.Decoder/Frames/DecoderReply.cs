using System.Text;
using DreamFarm.Imaging;

namespace DreamFarm.Decoder;

/// <summary>
/// A decoder's answer. Who reads it does not trust it: a decoder that an image has taken over may answer anything.
/// </summary>
/// <param name="Kind">Which of the others are meant.</param>
/// <param name="Image">What was read.</param>
/// <param name="Text">A sentence or a message.</param>
internal sealed record DecoderReply(ReplyKind Kind, ImageInfo? Image = null, string Text = "")
{
    /// <summary>The longest text, characters; a longer one is cut.</summary>
    public const int MaxText = 4096;

    private static readonly string[] _formats = ["JPEG", "PNG", "TIFF", "WebP"];

    /// <summary>The first answer, before any request.</summary>
    public static DecoderReply Ready { get; } = new(ReplyKind.Ready);

    /// <summary>See <see cref="ReplyKind.OutOfMemory"/>.</summary>
    public static DecoderReply OutOfMemory { get; } = new(ReplyKind.OutOfMemory);

    /// <summary>See <see cref="ReplyKind.Read"/>.</summary>
    public static DecoderReply Of(ImageInfo image) => new(ReplyKind.Read, image);

    /// <summary>See <see cref="ReplyKind.Refused"/>.</summary>
    public static DecoderReply Refused(string sentence) => new(ReplyKind.Refused, null, sentence);

    /// <summary>See <see cref="ReplyKind.NotStored"/>.</summary>
    public static DecoderReply NotStored(string message) => new(ReplyKind.NotStored, null, message);

    /// <summary>As the message of a frame.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write((byte)Kind);
        if (Image is { } image)
        {
            writer.Write((byte)Array.IndexOf(_formats, image.Format));
            writer.Write(image.Width);
            writer.Write(image.Height);
            writer.Write((byte)image.BitsPerSample);
            writer.Write(image.HasAlpha);
            writer.Write(image.HasProfile);
        }
        else
        {
            writer.Write(Text.Length <= MaxText ? Text : Text[..MaxText]);
        }
        return bytes.ToArray();
    }

    /// <summary>Reads an answer; what it says of an image can be, and its text has no control characters.</summary>
    /// <exception cref="InvalidDataException">These are the bytes of no answer.</exception>
    public static DecoderReply Parse(byte[] message)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(message), new UTF8Encoding(false, throwOnInvalidBytes: true));
            var kind = (ReplyKind)reader.ReadByte();
            if (kind is < ReplyKind.Ready or > ReplyKind.NotStored)
                throw new InvalidDataException($"no answer: its kind is {(int)kind}");
            if (kind == ReplyKind.Read)
                return Of(ReadImage(reader));
            string text = reader.ReadString();
            if (text.Length > MaxText)
                throw new InvalidDataException($"no answer: its text has {text.Length} characters");
            return new DecoderReply(kind, null, string.Create(text.Length, text, (to, from) =>
            {
                for (int i = 0; i < from.Length; i++)
                    to[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }));
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("no answer: it is cut short or no text", e);
        }
    }

    private static ImageInfo ReadImage(BinaryReader reader)
    {
        int format = reader.ReadByte(), width = reader.ReadInt32(), height = reader.ReadInt32(), bits = reader.ReadByte();
        if (format >= _formats.Length || width < 1 || height < 1 || bits is not (8 or 16))
            throw new InvalidDataException($"no answer: no image has format {format}, {width} x {height} pixels and {bits} bits");
        return new ImageInfo(_formats[format], width, height, bits, reader.ReadBoolean(), reader.ReadBoolean());
    }
}
