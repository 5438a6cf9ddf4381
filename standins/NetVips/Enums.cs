namespace NetVips;

/// <summary>libvips' enumerations, with libvips' own numbers.</summary>
public static class Enums
{
    /// <summary>The order in which pixels will be asked for.</summary>
    public enum Access
    {
        /// <summary>Any order.</summary>
        Random = 0,

        /// <summary>From top to bottom.</summary>
        Sequential = 1,
    }

    /// <summary>What makes a loader fail.</summary>
    public enum FailOn
    {
        /// <summary>Nothing.</summary>
        None = 0,

        /// <summary>A file that is cut short.</summary>
        Truncated = 1,

        /// <summary>A serious error, or a file that is cut short.</summary>
        Error = 2,

        /// <summary>Anything at all.</summary>
        Warning = 3,
    }

    /// <summary>The number format of a sample.</summary>
    public enum BandFormat
    {
        /// <summary>Not a format.</summary>
        Notset = -1,

        /// <summary>8 bits, unsigned.</summary>
        Uchar = 0,

        /// <summary>8 bits, signed.</summary>
        Char = 1,

        /// <summary>16 bits, unsigned.</summary>
        Ushort = 2,

        /// <summary>16 bits, signed.</summary>
        Short = 3,

        /// <summary>32 bits, unsigned.</summary>
        Uint = 4,

        /// <summary>32 bits, signed.</summary>
        Int = 5,

        /// <summary>32-bit floating point.</summary>
        Float = 6,

        /// <summary>Two 32-bit floating point numbers.</summary>
        Complex = 7,

        /// <summary>64-bit floating point.</summary>
        Double = 8,

        /// <summary>Two 64-bit floating point numbers.</summary>
        Dpcomplex = 9,
    }

    /// <summary>What an image's samples mean.</summary>
    public enum Interpretation
    {
        /// <summary>Nothing in particular.</summary>
        Multiband = 0,

        /// <summary>Grey, 8 bits.</summary>
        Bw = 1,

        /// <summary>CIE XYZ.</summary>
        Xyz = 12,

        /// <summary>CIE Lab, floating point.</summary>
        Lab = 13,

        /// <summary>Four inks.</summary>
        Cmyk = 15,

        /// <summary>RGB of some kind.</summary>
        Rgb = 17,

        /// <summary>CIE Lab in 16-bit integers.</summary>
        Labs = 21,

        /// <summary>sRGB, 8 bits.</summary>
        Srgb = 22,

        /// <summary>sRGB, 16 bits.</summary>
        Rgb16 = 25,

        /// <summary>Grey, 16 bits.</summary>
        Grey16 = 26,

        /// <summary>Linear RGB with sRGB's primaries, floating point.</summary>
        Scrgb = 28,
    }

    /// <summary>How colours that the target lacks are replaced.</summary>
    public enum Intent
    {
        /// <summary>All colours move a little.</summary>
        Perceptual = 0,

        /// <summary>Only the colours that the target lacks move; white is white.</summary>
        Relative = 1,
    }

    /// <summary>Whether JPEG keeps fewer chroma samples.</summary>
    public enum ForeignSubsample
    {
        /// <summary>By quality.</summary>
        Auto = 0,

        /// <summary>Always: 4:2:0.</summary>
        On = 1,

        /// <summary>Never: 4:4:4.</summary>
        Off = 2,
    }

    /// <summary>TIFF's compressions.</summary>
    public enum ForeignTiffCompression
    {
        /// <summary>None.</summary>
        None = 0,

        /// <summary>Deflate, lossless.</summary>
        Deflate = 2,
    }

    /// <summary>What TIFF's compression is applied to.</summary>
    public enum ForeignTiffPredictor
    {
        /// <summary>The samples.</summary>
        None = 1,

        /// <summary>Differences from the sample to the left.</summary>
        Horizontal = 2,
    }

    /// <summary>PNG's row filters.</summary>
    [Flags]
    public enum ForeignPngFilter : uint
    {
        /// <summary>The samples.</summary>
        None = 0x08,

        /// <summary>Differences from the left.</summary>
        Sub = 0x10,

        /// <summary>Differences from above.</summary>
        Up = 0x20,

        /// <summary>Differences from the mean of left and above.</summary>
        Avg = 0x40,

        /// <summary>Differences from the Paeth predictor.</summary>
        Paeth = 0x80,

        /// <summary>The best of all, row by row.</summary>
        All = None | Sub | Up | Avg | Paeth,
    }

    /// <summary>GLib's levels of log messages.</summary>
    [Flags]
    public enum LogLevelFlags
    {
        /// <summary>Something is wrong, and the call goes on.</summary>
        Warning = 1 << 4,
    }

    /// <summary>The filter of a resize.</summary>
    public enum Kernel
    {
        /// <summary>Lanczos' filter of three lobes.</summary>
        Lanczos3 = 5,
    }
}
