using NetVips;

namespace DreamFarm.Imaging;

/// <summary>PNG; libpng refuses more than a million pixels a side.</summary>
internal sealed class PngFormat() : VipsFormat("PNG", 1_000_000, ".png")
{
    public override bool Carries16Bits => true;

    private protected override void Save(Image image, Target target, ImageWriteOptions options) =>
        image.PngsaveTarget(target, compression: 3, filter: Enums.ForeignPngFilter.Paeth);
}
