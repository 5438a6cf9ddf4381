using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>One reference to a GObject of libvips, given back on <see cref="SafeHandle.Dispose()"/>.</summary>
public abstract class VipsObject : SafeHandle
{
    internal VipsObject(nint pointer) : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Native.g_object_unref(handle);
        return true;
    }
}
