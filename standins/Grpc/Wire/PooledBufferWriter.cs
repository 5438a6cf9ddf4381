using System.Buffers;

namespace StandIns.Grpc.Wire;

/// <summary>Collects bytes in one array of the shared pool.</summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>
{
    private byte[] _buffer = [];

    public int WrittenCount { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, WrittenCount);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - WrittenCount);
        WrittenCount += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(WrittenCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Makes room for so many further bytes at once.</summary>
    public void Reserve(int count)
    {
        if (_buffer.Length - WrittenCount >= count)
            return;

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)WrittenCount + count, 2L * _buffer.Length), Array.MaxLength));
        WrittenMemory.CopyTo(larger);
        Return();
        _buffer = larger;
    }

    /// <summary>Gives the array back to the pool and forgets the bytes.</summary>
    public void Release()
    {
        Return();
        _buffer = [];
        WrittenCount = 0;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
