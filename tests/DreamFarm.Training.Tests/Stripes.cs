namespace DreamFarm.Training.Tests;

/// <summary>A task that is learnt in a second: stripes of any colours, lying, standing or leaning.</summary>
internal sealed class Stripes(int count, ulong seed, int height = 40, int width = 44) : IPictureSet
{
    public IReadOnlyList<string> Classes { get; init; } = ["lying", "standing", "leaning"];

    public int Count => count;

    public int LargestPicture => 3 * height * width;

    public Picture Read(int epoch, int index, Span<byte> planes)
    {
        var draws = new Draws(seed, (ulong)epoch, (ulong)index);
        var label = index % Classes.Count;
        var (phase, period) = (draws.Uniform(0, 6), draws.Uniform(6, 10));
        Span<float> dark = [draws.Uniform(0, 100), draws.Uniform(0, 100), draws.Uniform(0, 100)];
        for (var colour = 0; colour < 3; colour++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var along = label == 0 ? y : label == 1 ? x : (x + y) * 0.7f;
                    planes[(colour * height + y) * width + x] = (byte)(dark[colour] + 60 + 60 * MathF.Sin(phase + along / period * 2 * MathF.PI));
                }
            }
        }
        return new Picture(label, height, width);
    }
}
