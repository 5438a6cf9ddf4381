using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DreamFarm.Dreaming.Tests;

/// <summary>A case of make_goldens.py: what it was evaluated for, and what came out.</summary>
internal sealed record GoldenCase(DreamSpec Spec, double Penalty, double StandardDeviation, double MeanMagnitude, double[] Levels, float[] Gradient)
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Goldens");

    public static IEnumerable<string> Names => File.ReadLines(Path.Combine(Folder, "cases.txt")).Select(line => line.Split(' ')[0]);

    public static GoldenCase Load(string name)
    {
        string[] words = File.ReadLines(Path.Combine(Folder, "cases.txt")).Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ');
        double[] figures = [.. words[8..].Select(Number)];
        int height = (int)Number(words[1]), width = (int)Number(words[2]);
        var spec = Specs.Of(height, width) with
        {
            Input = new Size(height * 3 / 2, width + 7),
            Boundary = words[3] == "wrap" ? Boundary.Wrap : Boundary.Reflect,
            TotalVariation = Number(words[4]),
            Distance = Number(words[5]),
            Filter = words[6] switch
            {
                "gaussian" => new GaussianFilter(Number(words[7])),
                "laplacian" => new LaplacianFilter((int)Number(words[7])),
                _ => null,
            },
        };
        return new GoldenCase(spec, figures[0], figures[1], figures[2], figures[3..], Rows(Path.Combine(Folder, name + ".npy"), height, width));
    }

    /// <summary>The canvas of all cases, [rows][3][columns].</summary>
    public static short[] Canvas(Size size) => Values(size, (i, y, plane, x) =>
        (short)((x / 5 + y / 7) % 2 != 0 ? x * 600 - y * 400 + plane * 900 : (int)(SplitMix64.Mix((ulong)i + 77) % 20001) - 10000));

    /// <summary>The merged gradient of all cases times 2^20: exact in float16.</summary>
    public static float[] Merged(Size size) => Values(size, (i, y, plane, x) =>
        (float)((int)(SplitMix64.Mix((ulong)i + 1000003) % 512) - 256 + 16 * ((y * 7 + x * 3) % 64 - 24)));

    private static T[] Values<T>(Size size, Func<int, int, int, int, T> value) =>
        [.. Enumerable.Range(0, size.Height * 3 * size.Width).Select(i => value(i, i / (3 * size.Width), i / size.Width % 3, i % size.Width))];

    /// <summary>From [3][rows][columns] to [rows][3][columns].</summary>
    private static float[] Rows(string path, int height, int width)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var planes = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)))).ToArray();
        return Values(new Size(height, width), (_, y, plane, x) => planes[(plane * height + y) * width + x]);
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
