using NetVips;

namespace DreamFarm.Imaging;

/// <summary>TIFF, losslessly compressed; libvips counts at most ten million pixels a side.</summary>
internal sealed class TiffFormat() : VipsFormat("TIFF", 10_000_000, ".tif", ".tiff")
{
    // Plain TIFF ends at 4 GiB; what does not compress grows a little instead.
    private const long MaxPlainBytes = 4_000_000_000;

    public override bool Carries16Bits => true;

    private protected override void Save(Image image, Target target, ImageWriteOptions options) =>
        image.TiffsaveTarget(
            target, compression: Enums.ForeignTiffCompression.Deflate, predictor: Enums.ForeignTiffPredictor.Horizontal,
            bigtiff: (long)image.Width * image.Height * image.Bands * (options.BitsPerSample / 8) > MaxPlainBytes);
}
