using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests.Parity;

/// <summary>What torchvision computed for a network with random weights: see goldens.py.</summary>
internal sealed class Golden : IDisposable
{
    private const int Samples = 64, GradientSamples = 4096;
    private const string GradientPrefix = "gradient/";

    private readonly WeightFile _file;

    public Golden(string network) => _file = WeightFile.Open(Path.Combine(Folder, $"{network}.safetensors"));

    /// <summary>Classes of the networks' classifiers.</summary>
    public static int Classes => 20;

    public static string Folder => Path.Combine(Shared.Repository, "tests", "DreamFarm.Engine.Tests", "Parity", "Goldens");

    /// <summary>The names of all layers.</summary>
    public IEnumerable<string> Layers => _file.Tensors.Keys.Where(name => !name.StartsWith(GradientPrefix, StringComparison.Ordinal) && !name.StartsWith("size/", StringComparison.Ordinal));

    /// <summary>The objectives whose gradients it holds, in their canonical text.</summary>
    public IEnumerable<string> Objectives => _file.Tensors.Keys.Where(name => name.StartsWith(GradientPrefix, StringComparison.Ordinal)).Select(name => name[GradientPrefix.Length..]);

    /// <summary>Rows and columns of the canvas on which the layers were computed.</summary>
    public (int Height, int Width) LayersCanvas => Size("size/layers");

    /// <summary>Rows and columns of the canvas on which the gradients were computed.</summary>
    public (int Height, int Width) GradientCanvas => Size("size/gradient");

    /// <summary>The canvas [rows][3][columns], k meaning k/32767: blobs of 8 pixels with noise on them, in whole numbers alone.</summary>
    public static short[] Canvas(int height, int width)
    {
        const int Blob = 8;
        int across = width / Blob + 1;
        ulong blobs = RandomWeights.Seed("blobs"), noise = RandomWeights.Seed("noise");
        var canvas = new short[height * 3 * width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    int Corner(int down, int right) => Value(blobs, ((y / Blob + down) * across + x / Blob + right) * 3 + c);
                    int fx = x % Blob, fy = y % Blob;
                    int soft = ((Blob - fy) * ((Blob - fx) * Corner(0, 0) + fx * Corner(0, 1)) + fy * ((Blob - fx) * Corner(1, 0) + fx * Corner(1, 1))) >> 6;
                    canvas[(y * 3 + c) * width + x] = (short)((3 * soft + Value(noise, (y * width + x) * 3 + c)) >> 2);
                }
            }
        }

        return canvas;

        static int Value(ulong seed, int index) => Math.Max((int)(RandomWeights.Number(seed, index) >> 48) - 32768, -32767);
    }

    /// <summary>
    /// By how much a layer's activations [C, H, W] differ from the golden ones: the largest difference of a sampled value, of the
    /// mean and of the root mean square, over the root mean square.
    /// </summary>
    public double LayerError(string layer, long[] shape, ReadOnlySpan<double> activations)
    {
        float[] golden = _file.Tensors[layer].ToArray();
        Assert.True(shape.SequenceEqual(golden[..3].Select(side => (long)side)), $"{layer} is [{string.Join(", ", shape)}] instead of [{string.Join(", ", golden[..3])}].");
        double sum = 0, squares = 0;
        foreach (double value in activations)
            (sum, squares) = (sum + value, squares + value * value);
        double error = Math.Max(Math.Abs(sum / activations.Length - golden[3]), Math.Abs(Math.Sqrt(squares / activations.Length) - golden[4]));
        ulong places = RandomWeights.Seed(layer);
        for (int i = 0; i < Samples; i++)
            error = Math.Max(error, Math.Abs(activations[(int)(RandomWeights.Number(places, i) % (ulong)activations.Length)] - golden[5 + i]));
        return error / golden[4];
    }

    /// <summary>A gradient [3, H, W] beside the golden one: relative L2 difference over the samples, and their cosine.</summary>
    public (double Error, double Cosine) CompareGradient(string objective, ReadOnlySpan<double> gradient)
    {
        float[] golden = _file.Tensors[GradientPrefix + objective].ToArray();
        ulong places = RandomWeights.Seed(objective);
        double difference = 0, product = 0, ours = 0, theirs = 0, squares = 0;
        for (int i = 0; i < GradientSamples; i++)
        {
            double a = gradient[(int)(RandomWeights.Number(places, i) % (ulong)gradient.Length)], b = golden[1 + i];
            difference += (a - b) * (a - b);
            product += a * b;
            ours += a * a;
            theirs += b * b;
        }

        foreach (double value in gradient)
            squares += value * value;

        // The samples say nothing of the rest; its size does.
        double size = Math.Abs(Math.Sqrt(squares / gradient.Length) / golden[0] - 1);
        return (Math.Max(Math.Sqrt(difference / theirs), size), product / Math.Sqrt(ours * theirs));
    }

    public void Dispose() => _file.Dispose();

    private (int Height, int Width) Size(string name) => _file.Tensors[name].ToArray() is [var height, var width]
        ? ((int)height, (int)width)
        : throw new InvalidDataException($"{_file.Name}: {name} is no size.");
}
