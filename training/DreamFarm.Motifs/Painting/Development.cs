using System.Numerics;

namespace DreamFarm.Motifs;

/// <summary>What happens to a finished picture: light from a side, contrast, a cast and saturation; then bytes.</summary>
internal static class Development
{
    /// <summary>Changes light, contrast and colours.</summary>
    public static void Develop(Canvas canvas, Span<Vector3> picture)
    {
        var (draws, size) = (canvas.Draws, canvas.Size);
        var (right, down) = (draws.Uniform(-0.3f, 0.3f), draws.Uniform(-0.3f, 0.3f));
        var sum = Vector3.Zero;
        for (var (y, i) = (0, 0); y < size; y++)
        {
            var row = 1 + down * ((2 * y + 1f) / size - 1);
            for (var x = 0; x < size; x++, i++)
                sum += picture[i] *= row + right * ((2 * x + 1f) / size - 1);
        }

        var mean = sum / picture.Length;
        var contrast = draws.Uniform(0.45f, 1.25f);
        var cast = 0.05f * new Vector3(draws.Normal(), draws.Normal(), draws.Normal());
        var saturation = draws.Choose<float>([0, 0.5f, 0.8f, 1, 1.2f, 1.2f]);
        foreach (ref var pixel in picture)
        {
            var colour = mean + (pixel - mean) * contrast + cast;
            var grey = new Vector3((colour.X + colour.Y + colour.Z) / 3);
            pixel = grey + (colour - grey) * saturation;
        }
    }

    /// <summary>Rounds to bytes, up or down by chance, so that gradients have no bands.</summary>
    /// <param name="canvas">Where chance is drawn from.</param>
    /// <param name="picture">Pixels.</param>
    /// <param name="planes">The picture as planes: <c>[3][height][width]</c>.</param>
    public static void ToBytes(Canvas canvas, ReadOnlySpan<Vector3> picture, Span<byte> planes)
    {
        var draws = canvas.Draws;
        var red = planes[..picture.Length];
        var green = planes.Slice(picture.Length, picture.Length);
        var blue = planes.Slice(2 * picture.Length, picture.Length);
        for (var i = 0; i < picture.Length; i++)
        {
            // One draw of 64 bits has enough of them for three colours.
            var bits = draws.Next();
            var dither = new Vector3(bits & 0xFFFF, (bits >> 16) & 0xFFFF, (bits >> 32) & 0xFFFF) / 65536;
            var value = Vector3.Min(Vector3.Clamp(picture[i], Vector3.Zero, Vector3.One) * 255 + dither, new Vector3(255));
            (red[i], green[i], blue[i]) = ((byte)value.X, (byte)value.Y, (byte)value.Z);
        }
    }
}
