using System.Numerics;

namespace DreamFarm.Clouds;

/// <summary>
/// An evening sky with a layer of cumulus clouds: rays are marched through a density of warped, billowing noise, and each
/// sample is lit by the sun through what lies between (Beer's law, with a forward-scattering silver lining) and by the sky.
/// Distances are in kilometres, colours linear until the end.
/// </summary>
internal sealed class Sky(int seed)
{
    private const float Base = 1.0f, Top = 3.1f, Cover = -0.13f;
    private const int Steps = 360, ShadowSteps = 6;

    private static readonly Vector3 _toSun = Vector3.Normalize(new Vector3(-0.80f, 0.30f, 0.42f));
    private static readonly Vector3 _sun = new(1.10f, 0.68f, 0.40f);
    private static readonly Vector3 _zenith = new(0.020f, 0.115f, 0.420f);
    private static readonly Vector3 _horizon = new(0.72f, 0.52f, 0.42f);
    private static readonly Vector3 _haze = new(0.70f, 0.50f, 0.42f);

    private readonly Noise _noise = new(seed);

    /// <summary>The sRGB colour, in [0, 1], seen at a place of the picture: x to the right, 0 in the middle; y up, 0 to 1.</summary>
    public Vector3 Look(float x, float y)
    {
        var ray = Vector3.Normalize(new Vector3(x * 0.34f, 0.075f + y * 0.50f, 1f));
        var up = ray.Y;
        var colour = Vector3.Lerp(_horizon, _zenith, MathF.Pow(Math.Clamp(up * 1.25f, 0, 1), 0.55f));
        var facing = Vector3.Dot(ray, _toSun);
        colour += _sun * (0.22f * MathF.Pow(Math.Max(0, facing), 6));

        // Thin high cloud behind everything.
        var at = ray * (9f / up);
        var veil = _noise.Sum(at.X * 0.10f + 3, at.Z * 0.23f, 1.5f, 6, 0.55f);
        colour = Vector3.Lerp(colour, new Vector3(0.85f, 0.88f, 0.92f), 0.40f * Smooth(0.0f, 0.9f, veil));

        var (light, clear, depth) = March(ray, facing);
        light = Vector3.Lerp(light, _haze * (1 - clear), 1 - MathF.Exp(-depth * 0.030f));
        colour = light + colour * clear;
        return Develop(colour);
    }

    private (Vector3 Light, float Clear, float Depth) March(Vector3 ray, float facing)
    {
        var (near, far) = (Base / ray.Y, Math.Min(Top / ray.Y, 26f));
        var step = (far - near) / Steps;
        var (light, clear, depth, weight) = (Vector3.Zero, 1f, 0f, 0f);
        var phase = 0.72f + 0.55f * MathF.Pow(Math.Max(0, facing), 4);
        for (var i = 0; i < Steps && clear > 0.01f; i++)
        {
            var distance = near + (i + 0.5f) * step;
            var place = ray * distance;
            // Clouds right overhead would be a blur without detail that hides the rest.
            var density = Density(place, 8) * Smooth(2.6f, 4.2f, distance);
            if (density <= 0)
                continue;

            var shade = 0f;
            var reach = 0.05f;
            for (var (s, from) = (0, 0f); s < ShadowSteps; s++, from += reach, reach *= 1.55f)
                shade += Density(place + _toSun * (from + reach / 2), 4) * reach;
            var height = (place.Y - Base) / (Top - Base);
            // Deep inside light arrives scattered many times, so it fades more slowly than straight through.
            var direct = 0.75f * MathF.Exp(-shade * 8f) + 0.25f * MathF.Exp(-shade * 1.7f);
            var powder = 1 - 0.45f * MathF.Exp(-density * 5);
            var ambient = Vector3.Lerp(new Vector3(0.12f, 0.15f, 0.30f), new Vector3(0.28f, 0.36f, 0.60f), height);
            var glow = _sun * (1.85f * phase * direct * powder) + ambient * 0.58f;

            var absorbed = 1 - MathF.Exp(-density * step * 32f);
            light += glow * (clear * absorbed);
            depth += distance * clear * absorbed;
            weight += clear * absorbed;
            clear *= 1 - absorbed;
        }
        return (light, clear, weight > 0 ? depth / weight : 0);
    }

    /// <summary>How much cloud there is at a place: 0 for none, about 1 in the thick of it.</summary>
    private float Density(Vector3 p, int octaves)
    {
        var height = (p.Y - Base) / (Top - Base);
        if (height is < 0 or > 1)
            return 0;

        // Where clouds stand, and how high each grows: its base is flat, its crown narrows.
        var cover = _noise.Sum(p.X * 0.33f, p.Z * 0.33f, 0.5f, 3);
        var body = cover * 1.3f + Cover - 0.95f * height * height - 0.25f * Smooth(0.12f, 0, height);
        if (body < -0.5f)
            return 0;

        var warp = 0.16f * _noise.At(p.X * 1.1f, p.Y * 1.1f, p.Z * 1.1f + 40);
        var heaps = _noise.Billows(p.X * 1.25f + warp, p.Y * 1.45f - warp, p.Z * 1.25f + warp, octaves, 0.56f);
        return Math.Clamp((body + (heaps - 0.42f) * 1.45f) * 3.2f, 0, 1);
    }

    /// <summary>Exposes, rolls highlights off, and encodes as sRGB.</summary>
    private static Vector3 Develop(Vector3 linear)
    {
        Span<float> value = [linear.X, linear.Y, linear.Z];
        foreach (ref var v in value)
        {
            v *= 0.96f;
            v = v < 0.6f ? v : 0.6f + 0.4f * (1 - MathF.Exp(-(v - 0.6f) / 0.4f));
            v = v <= 0.0031308f ? 12.92f * v : 1.055f * MathF.Pow(v, 1 / 2.4f) - 0.055f;
        }
        return new Vector3(value);
    }

    private static float Smooth(float from, float to, float value)
    {
        var t = Math.Clamp((value - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
