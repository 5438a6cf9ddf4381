using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DreamFarm.Protocol;

/// <summary>
/// Pooled memory for rows of values that is at the same time a <see cref="Memory{T}"/> of the values, as they are
/// computed with, and of their bytes, as they travel. Use after disposal throws.
/// </summary>
/// <typeparam name="T">short for windows, Half for cores.</typeparam>
/// <param name="values">Number of values; what they are before the first write is left open.</param>
public sealed class RowBuffer<T>(int values) : MemoryManager<T>
    where T : unmanaged
{
    private readonly int _bytes = checked(values * Unsafe.SizeOf<T>());
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(checked(values * Unsafe.SizeOf<T>()));

    /// <summary>The values' bytes in the machine's order, which is little-endian wherever this runs.</summary>
    public Memory<byte> Bytes => Array.AsMemory(0, _bytes);

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(RowBuffer<T>));

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override Span<T> GetSpan() => MemoryMarshal.Cast<byte, T>(Array.AsSpan(0, _bytes));

    /// <inheritdoc/>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = GCHandle.Alloc(Array, GCHandleType.Pinned);
        return new MemoryHandle((T*)handle.AddrOfPinnedObject() + elementIndex, handle);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
        // The handle that Pin gave out unpins itself.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
            ArrayPool<byte>.Shared.Return(array);
    }
}
