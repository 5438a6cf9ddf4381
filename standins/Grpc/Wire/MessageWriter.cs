using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;

namespace StandIns.Grpc.Wire;

/// <summary>
/// Writes messages as gRPC frames: one byte that says whether the message is compressed, its length as four bytes, the
/// message. A message of known length that is not compressed goes straight from the marshaller into the transport's buffer.
/// </summary>
internal sealed class MessageWriter(int? maxMessageSize) : SerializationContext
{
    public const int HeaderSize = 5;

    private readonly PooledBufferWriter _collected = new();
    private IBufferWriter<byte> _target = null!;
    private CompressionLevel? _compression;
    private int? _length;
    private bool _isDirect;
    private bool _isComplete;

    /// <summary>
    /// Writes one frame. Throws <see cref="RpcException"/> with <see cref="StatusCode.ResourceExhausted"/> for a message over the
    /// limit, in which case nothing has been written.
    /// </summary>
    public void Write<T>(T message, Action<T, SerializationContext> serializer, IBufferWriter<byte> target, CompressionLevel? compression)
    {
        _target = target;
        _compression = compression;
        _length = null;
        _isDirect = false;
        _isComplete = false;
        try
        {
            serializer(message, this);
            if (!_isComplete)
                throw new InvalidOperationException($"The marshaller of {typeof(T)} did not complete its message.");
        }
        finally
        {
            _collected.Release();
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        CheckSize(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_compression is not null || _length is not { } length)
            return _collected;

        if (!_isDirect)
        {
            _isDirect = true;
            WriteHeader(length, isCompressed: false);
        }

        return _target;
    }

    public override void Complete()
    {
        Once();
        if (!_isDirect)
            WriteFrame(_collected.WrittenMemory.Span);
    }

    public override void Complete(byte[] payload)
    {
        Once();
        WriteFrame(payload);
    }

    private void Once()
    {
        if (_isComplete)
            throw new InvalidOperationException("A message can be completed only once.");

        _isComplete = true;
    }

    private void WriteFrame(ReadOnlySpan<byte> message)
    {
        CheckSize(message.Length);
        if (_compression is not { } level)
        {
            WriteHeader(message.Length, isCompressed: false);
            _target.Write(message);
            return;
        }

        var packed = new PooledBufferWriter();
        try
        {
            GzipEncoding.Compress(message, level, packed);
            WriteHeader(packed.WrittenCount, isCompressed: true);
            _target.Write(packed.WrittenMemory.Span);
        }
        finally
        {
            packed.Release();
        }
    }

    private void WriteHeader(int length, bool isCompressed)
    {
        // The pooled buffer of a client grows once instead of by doubling; a server's pipe has segments of its own size.
        (_target as PooledBufferWriter)?.Reserve(HeaderSize + length);
        var header = _target.GetSpan(HeaderSize);
        header[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
        _target.Advance(HeaderSize);
    }

    private void CheckSize(int size)
    {
        if (size > maxMessageSize)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"The message to send has {size} bytes; MaxSendMessageSize is {maxMessageSize}."));
    }
}
