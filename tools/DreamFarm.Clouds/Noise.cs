namespace DreamFarm.Clouds;

/// <summary>Gradient noise in three dimensions and sums of its octaves, the same on every machine for a seed.</summary>
internal sealed class Noise
{
    private readonly byte[] _order = new byte[512];

    public Noise(int seed)
    {
        var random = new Random(seed);
        var order = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        random.Shuffle(order);
        for (var i = 0; i < 512; i++)
            _order[i] = order[i & 255];
    }

    /// <summary>Smooth noise, about [-1, 1], with features of size 1.</summary>
    public float At(float x, float y, float z)
    {
        var (xi, yi, zi) = ((int)MathF.Floor(x), (int)MathF.Floor(y), (int)MathF.Floor(z));
        var (xf, yf, zf) = (x - xi, y - yi, z - zi);
        var (u, v, w) = (Fade(xf), Fade(yf), Fade(zf));
        return Mix(
            Mix(Mix(Corner(xi, yi, zi, xf, yf, zf), Corner(xi + 1, yi, zi, xf - 1, yf, zf), u),
                Mix(Corner(xi, yi + 1, zi, xf, yf - 1, zf), Corner(xi + 1, yi + 1, zi, xf - 1, yf - 1, zf), u), v),
            Mix(Mix(Corner(xi, yi, zi + 1, xf, yf, zf - 1), Corner(xi + 1, yi, zi + 1, xf - 1, yf, zf - 1), u),
                Mix(Corner(xi, yi + 1, zi + 1, xf, yf - 1, zf - 1), Corner(xi + 1, yi + 1, zi + 1, xf - 1, yf - 1, zf - 1), u), v), w);
    }

    /// <summary>Octaves of noise, each twice as fine and <paramref name="gain"/> as strong as the one before.</summary>
    public float Sum(float x, float y, float z, int octaves, float gain = 0.5f)
    {
        var (sum, strength) = (0f, 1f);
        for (var i = 0; i < octaves; i++)
        {
            sum += strength * At(x, y, z);
            (x, y, z, strength) = (x * 2.03f + 17.1f, y * 2.03f - 9.3f, z * 2.03f + 4.7f, strength * gain);
        }
        return sum;
    }

    /// <summary>Octaves of rounded bumps with sharp creases between them, in [0, 1]: what a cumulus is heaped up of.</summary>
    public float Billows(float x, float y, float z, int octaves, float gain = 0.5f)
    {
        var (sum, strength, total) = (0f, 1f, 0f);
        for (var i = 0; i < octaves; i++)
        {
            var value = At(x, y, z);
            sum += strength * (1 - MathF.Sqrt(value * value + 0.004f) * 1.6f);
            total += strength;
            (x, y, z, strength) = (x * 2.03f + 31.7f, y * 2.03f + 5.9f, z * 2.03f - 8.3f, strength * gain);
        }
        return 1 - sum / total;
    }

    private float Corner(int x, int y, int z, float dx, float dy, float dz) => (_order[_order[_order[x & 255] + (y & 255)] + (z & 255)] & 15) switch
    {
        0 or 12 => dx + dy,
        1 or 13 => -dx + dy,
        2 => dx - dy,
        3 => -dx - dy,
        4 => dx + dz,
        5 => -dx + dz,
        6 => dx - dz,
        7 => -dx - dz,
        8 => dy + dz,
        9 or 14 => -dy + dz,
        10 => dy - dz,
        _ => -dy - dz,
    };

    private static float Fade(float t) => t * t * t * (t * (t * 6 - 15) + 10);

    private static float Mix(float a, float b, float t) => a + (b - a) * t;
}
