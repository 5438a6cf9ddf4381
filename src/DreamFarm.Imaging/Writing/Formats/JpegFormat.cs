using NetVips;

namespace DreamFarm.Imaging;

internal sealed class JpegFormat() : VipsFormat("JPEG", 65535, ".jpg", ".jpeg")
{
    public override bool CarriesAlpha => false;

    // A dream's colours change from pixel to pixel, so chroma keeps its full resolution.
    private protected override void Save(Image image, Target target, ImageWriteOptions options) =>
        image.JpegsaveTarget(target, q: options.Quality ?? 92, subsampleMode: Enums.ForeignSubsample.Off);
}
