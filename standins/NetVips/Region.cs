using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>Reads rectangles of pixels; computes only what they need. For one thread at a time.</summary>
public class Region : VipsObject
{
    private Region(nint pointer) : base(pointer)
    {
    }

    /// <summary>Makes a region on an image.</summary>
    /// <exception cref="VipsException">The image has no pixels to give.</exception>
    public static Region New(Image image)
    {
        var pointer = Native.vips_region_new(image.Pointer);
        return pointer != 0 ? new Region(pointer) : throw new VipsException("unable to make region");
    }

    /// <summary>Computes a rectangle; returns its pixels row by row, bands interleaved, in the image's own format.</summary>
    /// <exception cref="VipsException">The pixels could not be read or computed.</exception>
    public byte[] Fetch(int left, int top, int width, int height)
    {
        var pointer = Native.vips_region_fetch(Pointer, left, top, width, height, out var length);
        if (pointer == 0)
            throw new VipsException("unable to fetch from region");

        var pixels = new byte[checked((int)length)];
        Marshal.Copy(pointer, pixels, 0, pixels.Length);
        Native.g_free(pointer);
        return pixels;
    }
}
