namespace DreamFarm.Imaging;

/// <summary>A file format for results: its endings, its limits, and how it is written.</summary>
public abstract class OutputFormat
{
    private static readonly OutputFormat[] _all =
        [new JpegFormat(), new PngFormat(), new TiffFormat(), new WebpFormat(), new NpyFormat()];

    private protected OutputFormat(string name, int maxSide, params string[] endings) =>
        (Name, MaxSide, Endings) = (name, maxSide, endings);

    /// <summary>Every format.</summary>
    public static IReadOnlyList<OutputFormat> All => _all;

    /// <summary>The format's name.</summary>
    public string Name { get; }

    /// <summary>The most columns or rows, in pixels, that the format holds.</summary>
    public int MaxSide { get; }

    /// <summary>The endings of its files' names, with their dot, the usual one first.</summary>
    public IReadOnlyList<string> Endings { get; }

    /// <summary>Whether it carries an alpha channel.</summary>
    public virtual bool CarriesAlpha => true;

    /// <summary>Whether it carries 16-bit samples.</summary>
    public virtual bool Carries16Bits => false;

    /// <summary>Whether it keeps the canvas as it is, whatever size the picture is to have.</summary>
    public virtual bool KeepsCanvas => false;

    /// <summary>Chooses the format by the path's ending, in upper or lower case.</summary>
    /// <exception cref="ImageException">No format has that ending.</exception>
    public static OutputFormat FromPath(string path) =>
        _all.FirstOrDefault(format => format.Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        ?? throw new ImageException(
            $"{path} does not end in a format that can be written: {string.Join(", ", _all.SelectMany(format => format.Endings))}.");

    /// <summary>Says in one sentence what is wrong with a canvas of this size, or null if the format holds it.</summary>
    public string? CheckSize(int width, int height) =>
        Math.Max(width, height) <= MaxSide
            ? null
            : $"A {Name} file holds at most {MaxSide} pixels a side, and the result has {width} x {height}: choose {Alternative} or a smaller size.";

    /// <summary>Says in one sentence what is wrong with samples of so many bits, or null if the format holds them.</summary>
    public string? CheckDepth(int bitsPerSample) => bitsPerSample switch
    {
        8 => null,
        16 when Carries16Bits => null,
        16 => $"A {Name} file holds no 16-bit samples: choose .png or .tif, or 8 bits.",
        _ => $"A sample has 8 or 16 bits, not {bitsPerSample}.",
    };

    /// <summary>Writes a canvas to a new file.</summary>
    internal abstract Task WriteAsync(string path, Canvas canvas, ImageWriteOptions options, CancellationToken cancellationToken);

    private string Alternative => string.Join(" or ", _all.Where(format => format.MaxSide > MaxSide && format is VipsFormat).Select(format => format.Endings[0]).DefaultIfEmpty(".npy"));
}
