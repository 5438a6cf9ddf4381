namespace DreamFarm.Dreaming;

/// <summary>
/// The random shift of a step's tile grid: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014) over seed, octave and step, so that any step can be computed again anywhere.
/// </summary>
public static class Roll
{
    /// <returns>(dy, dx), each in [0, maxRoll); (0, 0) if <paramref name="maxRoll"/> is 0.</returns>
    public static (int Dy, int Dx) At(ulong seed, int octave, int step, int maxRoll)
    {
        if (maxRoll == 0)
            return (0, 0);
        ulong hash = SplitMix64.Mix(seed ^ ((ulong)octave << 32) ^ (ulong)step);
        return ((int)((hash & 0xFFFFFFFF) % (ulong)maxRoll), (int)((hash >> 32) % (ulong)maxRoll));
    }
}
