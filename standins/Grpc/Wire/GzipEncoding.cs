using System.Buffers;
using System.IO.Compression;

namespace StandIns.Grpc.Wire;

/// <summary>The one compression that is spoken besides none.</summary>
internal static class GzipEncoding
{
    public const string Name = "gzip";
    public const string Identity = "identity";
    public const string Accepted = $"{Identity},{Name}";

    public static void Compress(ReadOnlySpan<byte> message, CompressionLevel level, PooledBufferWriter into)
    {
        using var gzip = new GZipStream(new WriterStream(into), level);
        gzip.Write(message);
    }

    /// <summary>Unpacks a message; false when it is larger than the limit, so that a small message cannot fill the memory.</summary>
    public static bool TryDecompress(in ReadOnlySequence<byte> message, int? limit, PooledBufferWriter into)
    {
        using var packed = new MemoryStream(message.ToArray(), writable: false);
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        while (true)
        {
            var read = gzip.Read(into.GetSpan(4096));
            if (read == 0)
                return true;

            into.Advance(read);
            if (into.WrittenCount > limit)
                return false;
        }
    }

    private sealed class WriterStream(PooledBufferWriter writer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => writer.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
