using NetVips;

namespace DreamFarm.Imaging;

/// <summary>WebP; its encoder holds the whole 8-bit picture.</summary>
internal sealed class WebpFormat() : VipsFormat("WebP", 16383, ".webp")
{
    private protected override void Save(Image image, Target target, ImageWriteOptions options) =>
        image.WebpsaveTarget(target, q: options.Quality ?? 90);
}
