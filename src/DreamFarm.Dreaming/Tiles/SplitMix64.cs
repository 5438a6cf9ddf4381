namespace DreamFarm.Dreaming;

/// <summary>SplitMix64's step and finaliser.</summary>
public static class SplitMix64
{
    /// <summary>The number that follows the state x.</summary>
    public static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
