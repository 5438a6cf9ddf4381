using System.Buffers;
using System.Runtime.InteropServices;

namespace DreamFarm.Dreaming;

/// <summary>Zeroed native memory for pixels: outside the garbage collector's sight, given back when disposed and not before.</summary>
public sealed unsafe class NativePixels<T> : MemoryManager<T> where T : unmanaged
{

    private readonly int _length;
    private T* _values;

    static NativePixels() => LargeBlocks.ReturnWhenFreed();

    /// <param name="length">Values, not bytes.</param>
    public NativePixels(int length)
    {
        _length = length;
        _values = (T*)NativeMemory.AllocZeroed((nuint)length, (nuint)sizeof(T));
    }

    public Span<T> Span => GetSpan();

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
        NativeMemory.Free(_values);
        _values = null;
    }
}
