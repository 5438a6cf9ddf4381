using DreamFarm.Dreaming;
using DreamFarm.Imaging;

namespace DreamFarm.Coordinator;

/// <summary>The decoded input as octaves read it.</summary>
internal sealed class RawOriginal(RawImage image) : IOriginal, IDisposable
{
    public Size Size { get; } = new(image.Height, image.Width);

    public void ReadRows(int first, int rows, Span<float> destination) => image.ReadRows(first, rows, destination);

    public void Dispose() => image.Dispose();
}
