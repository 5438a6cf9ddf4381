using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>What a network sees in a guide image.</summary>
public static class GuideImage
{
    /// <summary>A guide is reduced to this, pixels: every cell of the dream is compared with each of its cells.</summary>
    private const int LongestSide = 512;

    /// <summary>The size at which a guide is looked at, pixels: multiples of the layers' stride, with no more cells at any of them than <see cref="GuideFeatures.MostCells"/>.</summary>
    /// <param name="layers">Layers of the network, at least one.</param>
    /// <param name="image">The guide's own size, pixels.</param>
    public static Size SizeOf(NetworkGeometry geometry, IReadOnlyList<string> layers, Size image)
    {
        int stride = geometry.Evaluate(layers).Stride, finest = layers.Min(layer => geometry[layer].Stride);
        int longest = Math.Min(LongestSide, (int)Math.Sqrt(GuideFeatures.MostCells) * finest);
        double scale = Math.Min(1, (double)longest / Math.Max(image.Height, image.Width));
        return new Size(Side(image.Height), Side(image.Width));

        // Windows have whole strides, and so has the guide.
        int Side(int pixels) => Math.Clamp((int)Math.Round(pixels * scale / stride), 1, Math.Max(1, longest / stride)) * stride;
    }

    /// <summary>
    /// Runs a network forward over an image, on the CPU with one thread and in float32 whatever the dream is computed with, so that
    /// one image has one set of features on a machine.
    /// </summary>
    /// <param name="weights">May be disposed of afterwards.</param>
    /// <param name="layers">Layers of the network, at least one.</param>
    /// <param name="size">Of the image, pixels; multiples of the stride that the layers are evaluated with.</param>
    /// <param name="canvas">[rows][3][columns], k meaning k/32767.</param>
    /// <param name="cancellation">Takes effect before the computing begins.</param>
    /// <exception cref="NotFiniteNumberException">A feature is infinite or not a number.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch failed: the image may be too small for the layers.</exception>
    public static Task<GuideFeatures> ReadAsync(NetworkWeights weights, IReadOnlyList<string> layers, Size size, ReadOnlyMemory<short> canvas, CancellationToken cancellation) =>
        // A thread of its own: how many threads libtorch uses belongs to the thread that asks.
        Task.Factory.StartNew(() => Read(weights, layers, size, canvas), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static GuideFeatures Read(NetworkWeights weights, IReadOnlyList<string> layers, Size size, ReadOnlyMemory<short> canvas)
    {
        torch.set_num_threads(1);
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        using var network = new FrozenNetwork(weights, torch.CPU, EnginePrecision.Float32);
        torch.Tensor image = new WindowGradient<float>(network).ReadCanvas(size.Height, size.Width, [canvas], places: 1);
        IReadOnlyList<torch.Tensor> activations = network.Activations(new NetworkGeometry(weights.Network).Evaluate(layers).Nodes, layers, image);
        var features = new Dictionary<string, GuidedLayer>(StringComparer.Ordinal);
        for (int i = 0; i < layers.Count; i++)
        {
            long[] shape = activations[i].shape;
            using torch.Tensor cells = activations[i].permute(0, 2, 3, 1).contiguous();
            float[] values = cells.Values<float>().ToArray();
            if (!Array.TrueForAll(values, float.IsFinite))
                throw new NotFiniteNumberException($"The features of {layers[i]} are infinite or not a number; weights of the right network give finite ones.");
            features.Add(layers[i], new GuidedLayer((int)(shape[2] * shape[3]), (int)shape[1], values));
        }

        return new GuideFeatures(features);
    }
}
