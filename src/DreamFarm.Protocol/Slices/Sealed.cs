using System.Buffers;
using DreamFarm.Protocol.V1;
using Google.Protobuf;

namespace DreamFarm.Protocol;

/// <summary>
/// Checksums of what goes over a Compute stream beside slices. A bit that flips on the way in a layer's weight or a
/// canvas's size would not break anything: it would dream another dream.
/// </summary>
public static class Sealed
{
    /// <summary>Puts a message's checksum into it.</summary>
    public static ComputeRequest Seal(this ComputeRequest message)
    {
        message.Crc32C = 0;
        message.Crc32C = Crc(message);
        return message;
    }

    /// <inheritdoc cref="Seal(ComputeRequest)"/>
    public static ComputeReply Seal(this ComputeReply message)
    {
        message.Crc32C = 0;
        message.Crc32C = Crc(message);
        return message;
    }

    /// <summary>Whether a message is as it was sealed. Slices are not: they answer for themselves.</summary>
    public static bool IsIntact(this ComputeRequest message) =>
        message.Crc32C == (message.PartCase == ComputeRequest.PartOneofCase.Window ? 0 : Crc(new ComputeRequest(message) { Crc32C = 0 }));

    /// <inheritdoc cref="IsIntact(ComputeRequest)"/>
    public static bool IsIntact(this ComputeReply message) =>
        message.Crc32C == (message.PartCase == ComputeReply.PartOneofCase.Core ? 0 : Crc(new ComputeReply(message) { Crc32C = 0 }));

    private static uint Crc(IMessage message)
    {
        int size = message.CalculateSize();
        byte[] bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            message.WriteTo(bytes.AsSpan(0, size));
            var checksum = new Checksum();
            checksum.Add(bytes.AsSpan(0, size));
            return checksum.Value;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
