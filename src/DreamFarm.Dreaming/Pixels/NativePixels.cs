using System.Buffers;

namespace DreamFarm.Dreaming;

/// <summary>Zeroed native memory for pixels: outside the garbage collector's sight, given back when disposed and not before.</summary>
public sealed unsafe class NativePixels<T> : MemoryManager<T> where T : unmanaged
{
    private readonly int _length;
    private T* _values;

    /// <param name="length">Values, not bytes; at least 1.</param>
    /// <exception cref="OutOfMemoryException">The system has no room.</exception>
    public NativePixels(int length)
    {
        _length = length;
        _values = (T*)PixelMemory.Allocate(Bytes);
    }

    /// <summary>All values.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been given back.</exception>
    public Span<T> Span => GetSpan();

    private nuint Bytes => (nuint)_length * (nuint)sizeof(T);

    /// <inheritdoc/>
    public override Span<T> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_values == null, this);
        return new Span<T>(_values, _length);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_values + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_values != null)
            PixelMemory.Free(_values, Bytes);
        _values = null;
    }
}
