using DreamFarm.Dreaming;

namespace DreamFarm.Training;

/// <summary>
/// A repeatable stream of random numbers: SplitMix64 from a seed. What is drawn depends on the seed and on how often was drawn before,
/// on nothing else, so each thing that must be repeatable by itself (a picture, a batch) gets a stream of its own.
/// </summary>
public sealed class Draws
{
    private ulong _state;

    /// <summary>The stream of a seed. Seeds that differ in one bit give streams that are not alike.</summary>
    public Draws(ulong seed) => _state = SplitMix64.Mix(seed);

    /// <summary>The stream of a seed and of what it is drawn for, such as a purpose, an iteration and a place in a batch.</summary>
    public Draws(ulong seed, params ReadOnlySpan<ulong> keys)
    {
        _state = SplitMix64.Mix(seed);
        foreach (var key in keys)
            _state = SplitMix64.Mix(_state ^ SplitMix64.Mix(key));
    }

    /// <summary>All 64 bits of the next number.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return SplitMix64.Mix(_state);
    }

    /// <summary>A number from <paramref name="least"/> to just below <paramref name="most"/>, all of them alike.</summary>
    public float Uniform(float least = 0, float most = 1) => least + (most - least) * (Next() >> 40) * (1f / (1 << 24));

    /// <summary>A number of mean 0 and standard deviation 1 (Box and Muller, 1958).</summary>
    public float Normal()
    {
        var radius = MathF.Sqrt(-2 * MathF.Log(1 - Uniform()));
        return radius * MathF.Cos(2 * MathF.PI * Uniform());
    }

    /// <summary>Adds noise of mean 0 to every value.</summary>
    public void AddNoise(Span<float> values, float deviation)
    {
        // Both numbers that Box and Muller's method makes of two, the two being halves of one draw.
        for (var i = 0; i < values.Length; i += 2)
        {
            var bits = Next();
            var radius = deviation * MathF.Sqrt(-2 * MathF.Log(1 - (uint)(bits >> 40) * (1f / (1 << 24))));
            var (sine, cosine) = MathF.SinCos(2 * MathF.PI * ((uint)bits & 0xFFFFFF) * (1f / (1 << 24)));
            values[i] += radius * cosine;
            if (i + 1 < values.Length)
                values[i + 1] += radius * sine;
        }
    }

    /// <summary>Puts values in any order, all of them alike (Fisher and Yates, 1938).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var last = values.Length - 1; last > 0; last--)
        {
            var other = Integer(0, last);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both possible.</summary>
    public int Integer(int least, int most) => least + (int)Math.BigMul(Next(), (ulong)((long)most - least + 1), out _);

    /// <summary>Whether something happens that happens with this probability.</summary>
    public bool Chance(float probability) => Uniform() < probability;

    /// <summary>One of the values, all of them alike.</summary>
    public T Choose<T>(ReadOnlySpan<T> values) => values[Integer(0, values.Length - 1)];
}
