using NetVips;

namespace DreamFarm.Imaging;

/// <summary>An opened image file: its header is read, its pixels are decoded from top to bottom as they are asked for.</summary>
internal sealed class SourceImage : IDisposable
{
    private readonly Source _source;
    private readonly Image _image;
    private readonly int _colours;

    private SourceImage(string format, Source source, Image image)
    {
        (_source, _image) = (source, image);
        _colours = image.Interpretation == Enums.Interpretation.Cmyk ? 4 : image.Bands < 3 ? 1 : 3;
        Orientation = image.Contains("orientation") ? (int)image.Get("orientation") : 1;
        var (width, height) = Orientation is >= 5 and <= 8 ? (image.Height, image.Width) : (image.Width, image.Height);
        Info = new ImageInfo(
            format, width, height, image.Format == Enums.BandFormat.Uchar ? 8 : 16, image.Bands > _colours,
            image.Contains("icc-profile-data"));
    }

    /// <summary>What the header says, the orientation applied.</summary>
    public ImageInfo Info { get; }

    /// <summary>EXIF's orientation, 1 to 8: where the file's first row and column are in the upright picture.</summary>
    public int Orientation { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxPixels">The most that it may have.</param>
    /// <param name="options">For its loader, such as <c>[shrink=2]</c>.</param>
    public static SourceImage Open(string path, long maxPixels, string options = "")
    {
        Libvips.Start();
        var format = Recognise(path);
        Source? source = null;
        Image? image = null;
        try
        {
            source = Source.NewFromFile(path);
            image = Image.NewFromSource(source, options, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
            if ((long)image.Width * image.Height > maxPixels)
                throw new ImageException(
                    $"{path} is {image.Width} x {image.Height} pixels, {(double)image.Width * image.Height / 1e6:0} megapixels; at most {maxPixels / 1e6:0.##} are read.");
            if (image.Format is not (Enums.BandFormat.Uchar or Enums.BandFormat.Ushort or Enums.BandFormat.Float or Enums.BandFormat.Double)
                && image.Interpretation != Enums.Interpretation.Labs)
                throw new ImageException($"{path} has samples of a kind that is not read ({image.Format}): 8 or 16 bits or floating point would be right.");
            return new SourceImage(format, source, image);
        }
        catch (Exception e)
        {
            image?.Dispose();
            source?.Dispose();
            throw e is VipsException vips ? new ImageException($"{path} is a damaged {format} file: {Libvips.Reason(vips)}.", e) : e;
        }
    }

    /// <summary>The pixels, still in the file's orientation: sRGB with 8 or 16 bits a sample, then alpha if there is one.</summary>
    public Image ToRgb()
    {
        using var colours = _image.ExtractBand(0, n: _colours);
        var rgb = ToRgb(colours);
        if (!Info.HasAlpha)
            return rgb;

        using (rgb)
        {
            using var plane = _image.ExtractBand(_colours);
            using var alpha = IsFloat ? plane.Linear([65535.0], [0.0]) : plane.Copy();
            using var cast = alpha.Cast(SampleFormat);
            return rgb.Bandjoin(cast);
        }
    }

    public void Dispose()
    {
        _image.Dispose();
        _source.Dispose();
    }

    private bool IsFloat => _image.Format is Enums.BandFormat.Float or Enums.BandFormat.Double;

    private Enums.BandFormat SampleFormat => Info.BitsPerSample == 8 ? Enums.BandFormat.Uchar : Enums.BandFormat.Ushort;

    private Image ToRgb(Image colours)
    {
        var inks = _image.Interpretation == Enums.Interpretation.Cmyk;
        if ((Info.HasProfile || inks) && !IsFloat)
        {
            try
            {
                using var managed = colours.IccTransform(
                    "srgb", intent: Enums.Intent.Relative, blackPointCompensation: true, embedded: true,
                    inputProfile: inks ? "cmyk" : null, depth: Info.BitsPerSample);
                return managed.Cast(SampleFormat);
            }
            catch (VipsException)
            {
                // A profile that is broken or made for other colours says nothing about these: read them without it.
            }
        }

        using var spread = IsFloat && _colours == 1 ? colours.Bandjoin(colours, colours) : colours.Copy();
        var target = Info.BitsPerSample == 8 ? Enums.Interpretation.Srgb : Enums.Interpretation.Rgb16;
        using var rgb = spread.Colourspace(target, sourceSpace: Meaning());
        return rgb.Cast(SampleFormat);
    }

    /// <summary>What the samples mean where the file does not say it in a way that converts: grey or sRGB, floats linear.</summary>
    private Enums.Interpretation Meaning() => _image.Interpretation switch
    {
        Enums.Interpretation.Cmyk or Enums.Interpretation.Lab or Enums.Interpretation.Labs or Enums.Interpretation.Xyz => _image.Interpretation,
        _ when IsFloat => Enums.Interpretation.Scrgb,
        _ when Info.BitsPerSample == 8 => _colours == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb,
        _ => _colours == 1 ? Enums.Interpretation.Grey16 : Enums.Interpretation.Rgb16,
    };

    /// <summary>Names the format by the file's first bytes, so that no other of libvips' many loaders ever sees a user's file.</summary>
    private static string Recognise(string path)
    {
        Span<byte> start = stackalloc byte[12];
        int length;
        try
        {
            using var file = File.OpenRead(path);
            length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageException(Directory.Exists(path) ? $"{path} is a folder, not an image." : $"There is no file {path}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException(
                Directory.Exists(path) ? $"{path} is a folder, not an image." : $"{path} could not be read: {e.Message.TrimEnd('.')}.", e);
        }

        var bytes = start[..length];
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return "JPEG";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
            return "PNG";
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
            return "TIFF";
        if (bytes.StartsWith("RIFF"u8) && bytes[4..].EndsWith("WEBP"u8))
            return "WebP";
        throw new ImageException(
            length == 0 ? $"{path} is empty: a JPEG, PNG, TIFF or WebP image is wanted." : $"{path} is not a JPEG, PNG, TIFF or WebP image.");
    }
}
