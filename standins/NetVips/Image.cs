using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>A picture that libvips computes as its pixels are asked for.</summary>
public unsafe class Image : VipsObject
{
    internal Image(nint pointer) : base(pointer)
    {
    }

    /// <summary>Columns, in pixels.</summary>
    public int Width => Operation.GetNumber(Pointer, "width");

    /// <summary>Rows, in pixels.</summary>
    public int Height => Operation.GetNumber(Pointer, "height");

    /// <summary>Samples a pixel.</summary>
    public int Bands => Operation.GetNumber(Pointer, "bands");

    /// <summary>The number format of a sample.</summary>
    public Enums.BandFormat Format => (Enums.BandFormat)Operation.GetNumber(Pointer, "format");

    /// <summary>What the samples mean.</summary>
    public Enums.Interpretation Interpretation => (Enums.Interpretation)Operation.GetNumber(Pointer, "interpretation");

    /// <summary>
    /// Reads the header of an image file; its pixels are decoded when they are asked for. <paramref name="strOptions"/> are the
    /// loader's own, such as <c>[shrink=2]</c>.
    /// </summary>
    /// <exception cref="VipsException">No loader knows the data, or its header is broken.</exception>
    public static Image NewFromSource(
        Source source, string strOptions = "", Enums.Access? access = null, Enums.FailOn? failOn = null)
    {
        Native.vips_error_freeze();
        var loader = Marshal.PtrToStringUTF8(Native.vips_foreign_find_load_source(source.Pointer));
        Native.vips_error_thaw();
        if (loader is null)
            throw new VipsException("unable to load from source");
        return Operation.CallForImage(loader, strOptions, ("source", source), ("access", access), ("fail_on", failOn));
    }

    /// <summary>Makes an image from a copy of pixels: row by row, bands interleaved.</summary>
    /// <exception cref="VipsException">The sizes do not fit the data.</exception>
    public static Image NewFromMemoryCopy<T>(ReadOnlySpan<T> data, int width, int height, int bands, Enums.BandFormat format)
        where T : unmanaged
    {
        fixed (T* pixels = data)
        {
            var size = (nuint)data.Length * (nuint)sizeof(T);
            var pointer = Native.vips_image_new_from_memory_copy(pixels, size, width, height, bands, (int)format);
            return pointer != 0 ? new Image(pointer) : throw new VipsException("unable to make image from memory");
        }
    }

    /// <summary>Whether the file brought an item of metadata along.</summary>
    public bool Contains(string name) => Native.vips_image_get_typeof(Pointer, name) != 0;

    /// <summary>An item of metadata; this stand-in knows whole numbers alone.</summary>
    /// <exception cref="VipsException">There is no such item, or it is no whole number.</exception>
    public object Get(string name) =>
        Native.vips_image_get_int(Pointer, name, out var number) == 0 ? number : throw new VipsException($"unable to get {name}");

    /// <summary>Takes bands out.</summary>
    public Image ExtractBand(int band, int? n = null) =>
        Operation.CallForImage("extract_band", ("in", this), ("band", band), ("n", n));

    /// <summary>Puts the bands of images of one size side by side.</summary>
    public Image Bandjoin(params Image[] images) =>
        Operation.CallForImage("bandjoin", ("in", (Image[])[this, .. images]));

    /// <summary>Changes the header alone.</summary>
    public Image Copy(
        int? width = null, int? height = null, int? bands = null, Enums.BandFormat? format = null,
        Enums.Interpretation? interpretation = null) =>
        Operation.CallForImage(
            "copy", ("in", this), ("width", width), ("height", height), ("bands", bands), ("format", format),
            ("interpretation", interpretation));

    /// <summary>Lays the image over a colour where its last band, alpha, is below <paramref name="maxAlpha"/>, and leaves that band out.</summary>
    public Image Flatten(double[]? background = null, double? maxAlpha = null) =>
        Operation.CallForImage("flatten", ("in", this), ("background", background), ("max_alpha", maxAlpha));

    /// <summary>Converts the samples' number format, clipping what does not fit.</summary>
    public Image Cast(Enums.BandFormat format, bool? shift = null) =>
        Operation.CallForImage("cast", ("in", this), ("format", format), ("shift", shift));

    /// <summary>Computes <c>a * sample + b</c>, with one factor and addend for each band or one for all.</summary>
    public Image Linear(double[] a, double[] b, bool? uchar = null) =>
        Operation.CallForImage("linear", ("in", this), ("a", a), ("b", b), ("uchar", uchar));

    /// <summary>Converts to another colour space, without an ICC profile where there is a formula.</summary>
    public Image Colourspace(Enums.Interpretation space, Enums.Interpretation? sourceSpace = null) =>
        Operation.CallForImage("colourspace", ("in", this), ("space", space), ("source_space", sourceSpace));

    /// <summary>Converts from one ICC profile to another.</summary>
    public Image IccTransform(
        string outputProfile, Enums.Intent? intent = null, bool? blackPointCompensation = null, bool? embedded = null,
        string? inputProfile = null, int? depth = null) =>
        Operation.CallForImage(
            "icc_transform", ("in", this), ("output_profile", outputProfile), ("intent", intent),
            ("black_point_compensation", blackPointCompensation), ("embedded", embedded), ("input_profile", inputProfile),
            ("depth", depth));

    /// <summary>Resizes by a factor, or by two: across and, with <paramref name="vscale"/>, down.</summary>
    public Image Resize(double scale, Enums.Kernel? kernel = null, double? gap = null, double? vscale = null) =>
        Operation.CallForImage("resize", ("in", this), ("scale", scale), ("kernel", kernel), ("gap", gap), ("vscale", vscale));

    /// <summary>Encodes as JPEG.</summary>
    public void JpegsaveTarget(Target target, int? q = null, Enums.ForeignSubsample? subsampleMode = null) =>
        Operation.Call("jpegsave_target", ("in", this), ("target", target), ("Q", q), ("subsample_mode", subsampleMode));

    /// <summary>Encodes as JPEG into memory.</summary>
    public byte[] JpegsaveBuffer(int? q = null, Enums.ForeignSubsample? subsampleMode = null) =>
        Operation.CallForBuffer("jpegsave_buffer", ("in", this), ("Q", q), ("subsample_mode", subsampleMode));

    /// <summary>Encodes as PNG.</summary>
    public void PngsaveTarget(Target target, int? compression = null, bool? interlace = null, Enums.ForeignPngFilter? filter = null) =>
        Operation.Call(
            "pngsave_target", ("in", this), ("target", target), ("compression", compression), ("interlace", interlace),
            ("filter", (uint?)filter));

    /// <summary>Encodes as TIFF.</summary>
    public void TiffsaveTarget(
        Target target, Enums.ForeignTiffCompression? compression = null, int? q = null,
        Enums.ForeignTiffPredictor? predictor = null, bool? tile = null, int? tileWidth = null, int? tileHeight = null,
        bool? bigtiff = null) =>
        Operation.Call(
            "tiffsave_target", ("in", this), ("target", target), ("compression", compression), ("Q", q),
            ("predictor", predictor), ("tile", tile), ("tile_width", tileWidth), ("tile_height", tileHeight),
            ("bigtiff", bigtiff));

    /// <summary>Encodes as WebP.</summary>
    public void WebpsaveTarget(Target target, int? q = null, bool? lossless = null) =>
        Operation.Call("webpsave_target", ("in", this), ("target", target), ("Q", q), ("lossless", lossless));
}
