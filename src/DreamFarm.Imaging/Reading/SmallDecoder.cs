using System.Runtime.InteropServices;
using NetVips;

namespace DreamFarm.Imaging;

/// <summary>Decodes an image while it shrinks it, strip by strip: not even a large one is ever whole in memory.</summary>
internal static class SmallDecoder
{
    private const int StripRows = 16;

    // A JPEG is decoded at a half, a quarter or an eighth for next to nothing; a filter then wants twice the pixels that it leaves.
    private const int Oversampling = 2;

    // Grey, the middle of all values.
    private const double Background = 0.5;

    /// <param name="path">The file.</param>
    /// <param name="shorterSide">The shorter side shrinks to this many pixels, where it has more.</param>
    /// <param name="longerSide">What the longer side then has more than this is cut off, half on each end.</param>
    /// <param name="maxPixels">The most that the file may have.</param>
    /// <param name="cancellation">Looked at between strips.</param>
    public static SmallImage Decode(string path, int shorterSide, int longerSide, long maxPixels, CancellationToken cancellation)
    {
        var source = SourceImage.Open(path, maxPixels);
        try
        {
            var info = source.Info;
            var shrink = info.Format == "JPEG" ? JpegShrink(Math.Min(info.Width, info.Height), Oversampling * shorterSide) : 1;
            if (shrink > 1)
            {
                source.Dispose();
                source = SourceImage.Open(path, maxPixels, $"[shrink={shrink}]");
            }
            using var rgb = ToOpaque(source);
            using var small = Shrink(rgb, shorterSide);
            return Read(small, info, source.Orientation, longerSide, cancellation);
        }
        catch (VipsException e)
        {
            throw new ImageException($"{path} is damaged or cut short: {Libvips.Reason(e)}.", e);
        }
        finally
        {
            source.Dispose();
        }
    }

    private static int JpegShrink(int side, int wanted)
    {
        const int most = 8;
        var shrink = 1;
        while (shrink < most && side / (2 * shrink) >= wanted)
            shrink *= 2;
        return shrink;
    }

    /// <summary>What lies behind transparent pixels is not meant to be seen.</summary>
    private static Image ToOpaque(SourceImage source)
    {
        var pixels = source.ToRgb();
        if (!source.Info.HasAlpha)
            return pixels;
        using (pixels)
        {
            double most = source.Info.BitsPerSample == 8 ? byte.MaxValue : ushort.MaxValue;
            var grey = Math.Round(Background * most);
            return pixels.Flatten(background: [grey, grey, grey], maxAlpha: most);
        }
    }

    private static Image Shrink(Image image, int shorterSide)
    {
        var side = Math.Min(image.Width, image.Height);
        return side <= shorterSide ? image.Copy() : image.Resize((double)shorterSide / side, kernel: Enums.Kernel.Lanczos3);
    }

    private static SmallImage Read(Image image, ImageInfo info, int orientation, int longerSide, CancellationToken cancellation)
    {
        var (columns, rows) = (Math.Min(image.Width, longerSide), Math.Min(image.Height, longerSide));
        var (left, top) = ((image.Width - columns) / 2, (image.Height - rows) / 2);
        var turned = orientation is >= 5 and <= 8;
        var fromRight = orientation is 2 or 3 or 7 or 8;
        var fromBottom = orientation is 3 or 4 or 6 or 7;
        var (width, height) = turned ? (rows, columns) : (columns, rows);
        // From a pixel of the file to the next one in its row, and to the one below it, in an upright plane.
        var (right, down) = turned ? (width, 1) : (1, width);
        var planes = new byte[3 * width * height];

        using var region = Region.New(image);
        for (var first = 0; first < rows; first += StripRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(StripRows, rows - first);
            var strip = region.Fetch(left, top + first, columns, count);
            for (var row = 0; row < count; row++)
            {
                var to = (fromBottom ? rows - 1 - first - row : first + row) * down + (fromRight ? (columns - 1) * right : 0);
                for (var column = 0; column < columns; column++, to += fromRight ? -right : right)
                    for (var plane = 0; plane < 3; plane++)
                        planes[plane * width * height + to] = Sample(strip, (row * columns + column) * 3 + plane, info.BitsPerSample);
            }
        }
        return new SmallImage(info, width, height, planes);
    }

    private static byte Sample(byte[] strip, int index, int bits) =>
        bits == 8 ? strip[index] : (byte)((MemoryMarshal.Cast<byte, ushort>(strip)[index] + 128) / 257);
}
