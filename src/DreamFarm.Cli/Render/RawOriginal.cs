using DreamFarm.Dreaming;
using DreamFarm.Imaging;

namespace DreamFarm.Cli.Render;

/// <summary>The decoded photograph as a dream reads it.</summary>
internal sealed class RawOriginal(RawImage image) : IOriginal
{
    public Size Size => new(image.Height, image.Width);

    public void ReadRows(int first, int rows, Span<float> destination) => image.ReadRows(first, rows, destination);
}
