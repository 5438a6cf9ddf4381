using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace StandIns.Grpc.Wire;

/// <summary>Reads gRPC frames from a pipe; the marshaller reads from the pipe's own buffers.</summary>
internal sealed class MessageReader<T>(PipeReader pipe, Func<DeserializationContext, T> deserializer, string? encoding, int? maxMessageSize) : DeserializationContext
    where T : class
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>
    /// The next message, or null at the end of the stream. Throws <see cref="RpcException"/> for a frame that is too large, cut
    /// off, or compressed in a way that is not known.
    /// </summary>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryReadFrame(buffer, out var isCompressed, out var payload))
            {
                T message;
                try
                {
                    message = Deserialize(payload, isCompressed);
                }
                finally
                {
                    pipe.AdvanceTo(payload.End);
                }

                return message;
            }

            var isEmpty = buffer.IsEmpty;
            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return isEmpty ? null : throw Broken("The stream ended in the middle of a message.");
        }
    }

    /// <summary>The only message of the stream, or null if there is none; fails when another follows.</summary>
    public async ValueTask<T?> ReadOnlyOneAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken).ConfigureAwait(false) is not { } message)
            return null;

        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var isEmpty = result.Buffer.IsEmpty;
            pipe.AdvanceTo(result.Buffer.Start);
            if (!isEmpty)
                throw Broken("More data follows the one message that this call may have.");
            if (result.IsCompleted)
                return message;
        }
    }

    private bool TryReadFrame(in ReadOnlySequence<byte> buffer, out bool isCompressed, out ReadOnlySequence<byte> payload)
    {
        isCompressed = false;
        payload = default;
        if (buffer.Length < MessageWriter.HeaderSize)
            return false;

        Span<byte> header = stackalloc byte[MessageWriter.HeaderSize];
        buffer.Slice(0, MessageWriter.HeaderSize).CopyTo(header);
        if (header[0] > 1)
            throw Broken($"A message starts with the byte {header[0]}; 0 or 1 was expected.");

        isCompressed = header[0] == 1;
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (maxMessageSize ?? int.MaxValue))
            throw TooLarge(length);
        if (buffer.Length < MessageWriter.HeaderSize + length)
            return false;

        payload = buffer.Slice(MessageWriter.HeaderSize, length);
        return true;
    }

    private T Deserialize(in ReadOnlySequence<byte> payload, bool isCompressed)
    {
        if (!isCompressed)
            return Deserialize(payload);

        if (encoding is null or GzipEncoding.Identity)
            throw Broken("A message says that it is compressed, but no grpc-encoding was given.");
        if (encoding != GzipEncoding.Name)
            throw new RpcException(new Status(StatusCode.Unimplemented, $"Messages are compressed with '{encoding}'; known are {GzipEncoding.Accepted}."));

        var unpacked = new PooledBufferWriter();
        try
        {
            if (!GzipEncoding.TryDecompress(payload, maxMessageSize, unpacked))
                throw TooLarge(unpacked.WrittenCount);

            return Deserialize(new ReadOnlySequence<byte>(unpacked.WrittenMemory));
        }
        catch (InvalidDataException exception)
        {
            throw Broken($"A compressed message is no valid gzip: {exception.Message}");
        }
        finally
        {
            unpacked.Release();
        }
    }

    private T Deserialize(in ReadOnlySequence<byte> payload)
    {
        _payload = payload;
        try
        {
            return deserializer(this);
        }
        finally
        {
            _payload = default;
        }
    }

    private RpcException TooLarge(long size) =>
        new(new Status(StatusCode.ResourceExhausted, $"The received message has {size} bytes or more; MaxReceiveMessageSize is {maxMessageSize ?? int.MaxValue}."));

    private static RpcException Broken(string detail) => new(new Status(StatusCode.Internal, detail));
}
