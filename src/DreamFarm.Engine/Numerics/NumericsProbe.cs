using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>
/// Tells which engines compute alike. Gradient ascent is chaotic, so a job's windows may only go to engines whose
/// results agree to the last bit; one window of noise shows whether they do.
/// </summary>
public static class NumericsProbe
{
    /// <summary>How often one window is computed: kernels that add in any order rarely agree three times.</summary>
    private const int Repeats = 3;

    /// <summary>
    /// Computes the window of <see cref="HashAsync"/> several times, one after the other, and, where the device computes batches, in all places of
    /// one at once; tells the class and whether it can be relied on.
    /// </summary>
    /// <exception cref="NotFiniteNumberException">The gradient is not finite.</exception>
    public static async Task<NumericsClass> ClassAsync(GradientEngine engine, OctaveObjective objective, WindowShape shape, CancellationToken cancellation)
    {
        var hashes = new List<string>();
        for (int i = 0; i < Repeats; i++)
            hashes.Add(await HashAsync(engine, objective, shape, cancellation));
        int places = engine.BatchOf(objective, shape);
        if (places > 1)
            hashes.AddRange(await HashesAsync(engine, objective, shape, places, cancellation));
        return NumericsClass.Of(hashes);
    }

    /// <summary>
    /// Computes a window of noise (SplitMix64 over the value's index, so every engine sees the same) and returns the
    /// SHA-256 of the core's float16 values, the exponent and the loss's bits, in lower-case hexadecimal. Engines of
    /// equal answers for a job's shape and objective are of one numerics class.
    /// </summary>
    /// <exception cref="NotFiniteNumberException">The gradient is not finite.</exception>
    public static async Task<string> HashAsync(GradientEngine engine, OctaveObjective objective, WindowShape shape, CancellationToken cancellation) =>
        (await HashesAsync(engine, objective, shape, windows: 1, cancellation))[0];

    private static async Task<string[]> HashesAsync(GradientEngine engine, OctaveObjective objective, WindowShape shape, int windows, CancellationToken cancellation)
    {
        var window = new short[shape.WindowValues];
        for (int i = 0; i < window.Length; i++)
            window[i] = Math.Max((short)-short.MaxValue, (short)(SplitMix64.Mix((ulong)i) >> 48));
        Half[][] cores = [.. Enumerable.Range(0, windows).Select(_ => new Half[shape.CoreValues])];
        WindowResult[] results = await engine.ComputeTogetherAsync(objective, cores.Select(core => new LaneWindow(shape, window, core)), cancellation);
        return [.. cores.Zip(results, Hash)];
    }

    private static string Hash(Half[] core, WindowResult result)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<Half>(core));
        var rest = new byte[sizeof(int) + sizeof(double)];
        BinaryPrimitives.WriteInt32LittleEndian(rest, result.Exponent);
        BinaryPrimitives.WriteDoubleLittleEndian(rest.AsSpan(sizeof(int)), result.Loss);
        hash.AppendData(rest);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
