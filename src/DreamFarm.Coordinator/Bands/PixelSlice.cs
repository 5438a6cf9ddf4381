using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DreamFarm.Coordinator;

/// <summary>
/// Rows of 16-bit pixels, or of half as many with 32 bits, on their way from grain to grain: at most <see cref="MaxBytes"/>, as bytes, which the official
/// serializer copies in one piece. The memory is pooled; whoever received the slice and is its only reader gives it back.
/// </summary>
/// <param name="Data">Rented; longer than the pixels.</param>
/// <param name="Bytes">Bytes of pixels in it.</param>
[GenerateSerializer, Immutable]
internal sealed record PixelSlice(byte[] Data, int Bytes)
{
    /// <summary>1 MiB: far below what a message may have, and short enough for a turn.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Rows that fit a slice, at least one.</summary>
    /// <param name="columns">Three values of 16 bits each.</param>
    public static int RowsThatFit(int columns) => Math.Max(1, MaxBytes / (6 * columns));

    /// <summary>Columns of a single row that fit a slice.</summary>
    public const int MaxColumns = MaxBytes / 6;

    public static PixelSlice Rent(int rows, int columns)
    {
        int bytes = checked(rows * columns * 6);
        return new PixelSlice(ArrayPool<byte>.Shared.Rent(bytes), bytes);
    }

    /// <summary>The pixels, as memory of their own type.</summary>
    public Memory<T> As<T>() where T : unmanaged => new BytesAs<T>(Data, Bytes).Memory;

    /// <summary>The pixels.</summary>
    public Span<T> Span<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.AsSpan(0, Bytes));

    /// <summary>Gives the memory back. Not after a failed call: the other side may still be reading.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(Data);

    private sealed class BytesAs<T>(byte[] data, int bytes) : MemoryManager<T> where T : unmanaged
    {
        public override Span<T> GetSpan() => MemoryMarshal.Cast<byte, T>(data.AsSpan(0, bytes));

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var handle = GCHandle.Alloc(data, GCHandleType.Pinned);
            return new MemoryHandle((byte*)handle.AddrOfPinnedObject() + elementIndex * Unsafe.SizeOf<T>(), handle);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
