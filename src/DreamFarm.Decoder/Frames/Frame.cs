using System.Buffers.Binary;

namespace DreamFarm.Decoder;

/// <summary>A message on a pipe: its length in bytes (int32, little-endian), then its bytes.</summary>
internal static class Frame
{
    /// <summary>The longest message, bytes: two or three paths, or a sentence.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>Writes a message.</summary>
    /// <exception cref="IOException">Nobody reads any more.</exception>
    public static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        // In one piece: half a frame makes the reader wait for the other.
        byte[] frame = new byte[sizeof(int) + message.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, message.Length);
        message.CopyTo(frame.AsMemory(sizeof(int)));
        await stream.WriteAsync(frame, cancellation);
        await stream.FlushAsync(cancellation);
    }

    /// <summary>Reads the next message; null where the stream ends.</summary>
    /// <exception cref="InvalidDataException">The length cannot be, or the stream ends within a message.</exception>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] prefix = new byte[sizeof(int)];
        int read = await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellation);
        if (read == 0)
            return null;
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (read < prefix.Length || length is < 1 or > MaxBytes)
            throw new InvalidDataException($"a frame of {length} bytes; 1 to {MaxBytes} would be right");
        byte[] message = new byte[length];
        if (await stream.ReadAtLeastAsync(message, length, throwOnEndOfStream: false, cancellation) < length)
            throw new InvalidDataException($"a frame of {length} bytes was cut short");
        return message;
    }
}
