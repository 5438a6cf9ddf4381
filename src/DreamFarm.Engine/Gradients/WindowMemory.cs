using DreamFarm.Networks;

namespace DreamFarm.Engine;

/// <summary>
/// How much memory a window takes, to tell how large a window fits. The forward pass keeps every node's activation
/// for the backward pass, and with a max pooling the place (8 bytes) of each maximum:
/// <code>
///   bytes a window pixel = 1.25 x ( 3 e  +  sum over nodes of C/s^2 (e, or e + 8 for max pooling, or 4 e for a normalisation
///                                   across channels, which keeps its steps, or 0 for a ReLU that overwrites its input)  +  3 e x largest C/s^2 )
/// </code>
/// with e the bytes of a value, C the node's channels and s its stride. The last term stands for the seeds and
/// gradients that are alive beside the activations; the factor for what the allocator leaves lying. Measured on a CPU
/// with libtorch 1.13, growth of the peak resident memory from 512 to 960 pixels of side, bytes a pixel (in brackets
/// the formula): SqueezeNet conv1 300 (495), fire8 1035 (1240), conv10 1100 (1310); motif conv1 125 (135), 3b 490
/// (535), 5a 780 (930).
/// </summary>
public static class WindowMemory
{
    private const int MaximumPlaceBytes = 8;
    private const int NormalisationValues = 4;
    private const double AllocatorLoss = 1.25;

    /// <summary>What of this machine's memory, or of its container's, windows may take, bytes: the rest is for everything else.</summary>
    public static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 7;

    /// <summary>Bytes that a lane needs for each pixel of a window, or of all windows of a batch, while it computes it.</summary>
    public static double BytesPerPixel(NetworkGeometry geometry, NetworkEvaluation evaluation, EnginePrecision precision)
    {
        int element = precision switch
        {
            EnginePrecision.Float64 => sizeof(double),
            EnginePrecision.Float16 or EnginePrecision.BFloat16 => sizeof(short),
            _ => sizeof(float),
        };
        double kept = 0, largest = 0;
        foreach (Node node in evaluation.Nodes)
        {
            NodeGeometry at = geometry[node.Name];
            double values = at.IsPoint ? 0 : at.Channels / ((double)at.Stride * at.Stride);
            kept += values * node.Operation switch
            {
                Activation { Kind: ActivationKind.Relu } when evaluation.Passing.Contains(node.Inputs[0]) => 0,
                MaxPooling => element + MaximumPlaceBytes,
                LocalResponseNormalisation => NormalisationValues * element,
                _ => element,
            };
            largest = Math.Max(largest, values);
        }

        return AllocatorLoss * (3 * element + kept + 3 * element * largest);
    }

    /// <summary>How many lanes can compute windows of some pixels at once within <paramref name="memory"/> bytes, at least 1.</summary>
    public static int Lanes(NetworkGeometry geometry, NetworkEvaluation evaluation, EnginePrecision precision, long memory, long windowPixels) =>
        (int)Math.Clamp(memory / (windowPixels * BytesPerPixel(geometry, evaluation, precision)), 1, int.MaxValue);

    /// <summary>The largest window, in pixels, that every lane can compute at once within <paramref name="memory"/> bytes, and all smaller ones.</summary>
    /// <param name="batches">Whether a lane computes batches, which are larger than a window: see <see cref="WindowBatch"/>.</param>
    public static long MaxWindowPixels(NetworkGeometry geometry, NetworkEvaluation evaluation, EnginePrecision precision, long memory, int lanes, bool batches = false)
    {
        double each = BytesPerPixel(geometry, evaluation, precision);
        long fitting = (long)(memory / lanes / each);
        return batches ? WindowBatch.LargestWindow(fitting, each) : fitting;
    }

    /// <summary>The largest window, in pixels, that fits whatever layer of the network is dreamt.</summary>
    /// <inheritdoc cref="MaxWindowPixels(NetworkGeometry, NetworkEvaluation, EnginePrecision, long, int, bool)"/>
    public static long MaxWindowPixels(NetworkGeometry geometry, EnginePrecision precision, long memory, int lanes, bool batches = false) =>
        MaxWindowPixels(geometry, geometry.Evaluate([.. geometry.Network.Layers.Select(layer => layer.Name)]), precision, memory, lanes, batches);
}
