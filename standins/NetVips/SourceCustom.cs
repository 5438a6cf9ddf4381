using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>A source whose bytes come from a callback; it cannot seek, so loaders treat it as a pipe.</summary>
public unsafe class SourceCustom : Source
{
    /// <summary>Fills the first <paramref name="length"/> bytes or fewer; returns how many, 0 at the end, -1 on an error.</summary>
    public delegate int ReadDelegate(byte[] buffer, int length);

    /// <summary>Called on libvips' own threads, one call at a time. An exception ends the reading with an error.</summary>
    public event ReadDelegate? OnRead;

    /// <summary>Makes a source that reads nothing until <see cref="OnRead"/> is set.</summary>
    public SourceCustom() : base(Native.vips_source_custom_new())
    {
        // The handle keeps this object alive for as long as libvips may call it; the closure's end frees it.
        var self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        delegate* unmanaged[Cdecl]<nint, byte*, long, nint, long> read = &Read;
        Native.g_signal_connect_data(Pointer, "read", read, self, &Free, flags: 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Read(nint source, byte* buffer, long length, nint self)
    {
        if (length <= 0)
            return 0;
        if (((SourceCustom)GCHandle.FromIntPtr(self).Target!).OnRead is not { } onRead)
            return -1;

        var count = (int)Math.Min(length, int.MaxValue);
        var rented = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            var got = onRead(rented, count);
            if (got > 0)
                rented.AsSpan(0, got).CopyTo(new Span<byte>(buffer, count));
            return got;
        }
        catch
        {
            return -1; // No exception may cross into C.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint self, nint closure) => GCHandle.FromIntPtr(self).Free();
}
