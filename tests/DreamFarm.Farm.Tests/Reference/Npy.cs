using System.Runtime.InteropServices;

namespace DreamFarm.Farm.Tests;

/// <summary>The float32 values of a .npy file.</summary>
internal static class Npy
{
    public static float[] Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int header = BitConverter.ToUInt16(bytes, 8);
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + header)).ToArray();
    }

    /// <summary>Peak signal-to-noise ratio of canvases in [-1, 1], so of peak 2, in dB.</summary>
    public static double Psnr(float[] a, float[] b) =>
        10 * Math.Log10(4 / a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Average());

    /// <summary>|a - b| / |b| in the L2 norm.</summary>
    public static double RelativeError(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum() / b.Sum(y => (double)y * y));
}
