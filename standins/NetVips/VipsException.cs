using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>What libvips says went wrong: a first line from the caller, then libvips' own error lines.</summary>
public class VipsException : Exception
{
    /// <summary>Takes libvips' error lines, and clears them there.</summary>
    public VipsException(string message)
        : base($"{message}{Environment.NewLine}{Marshal.PtrToStringUTF8(Native.vips_error_buffer())}") =>
        Native.vips_error_clear();
}
