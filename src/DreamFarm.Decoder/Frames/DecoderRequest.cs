using System.Text;

namespace DreamFarm.Decoder;

/// <summary>What a decoder is to do. All paths are the coordinator's own; none has anything of a client's in it.</summary>
/// <param name="Input">The image.</param>
/// <param name="MaxPixels">The most pixels that it may have.</param>
/// <param name="Pixels">Where the decoded pixels go; empty to read the header alone.</param>
/// <param name="Alpha">Where a decoded alpha channel goes; empty to read the header alone.</param>
internal sealed record DecoderRequest(string Input, long MaxPixels, string Pixels = "", string Alpha = "")
{
    /// <summary>As the message of a frame.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(MaxPixels);
        writer.Write(Input);
        writer.Write(Pixels);
        writer.Write(Alpha);
        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">These are the bytes of no request.</exception>
    public static DecoderRequest Parse(byte[] message)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(message), new UTF8Encoding(false, throwOnInvalidBytes: true));
            long maxPixels = reader.ReadInt64();
            return new DecoderRequest(reader.ReadString(), maxPixels, reader.ReadString(), reader.ReadString());
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("no request", e);
        }
    }
}
