using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace DreamFarm.Training;

/// <summary>Measures how many pictures of a set a network tells right.</summary>
internal static class AccuracyMeter
{
    private const int Batch = 64;

    /// <param name="side">Side of the central square of each picture that the network sees, pixels.</param>
    /// <param name="zoom">The square is cut out up to this many times as wide, as the picture allows, and scaled down.</param>
    /// <returns>0 to 1.</returns>
    public static double Measure(TrainableNetwork network, IPictureSet pictures, int side, double zoom, CancellationToken cancellation)
    {
        if (pictures.Count == 0)
            throw new TrainingException("Without a picture there is no accuracy.");
        using var scope = torch.NewDisposeScope();
        using var unrecorded = torch.no_grad();
        network.Train(false);
        var each = side * side * 3;
        var pixels = ArrayPool<float>.Shared.Rent(Batch * each);
        var labels = new int[Batch];
        var right = 0;
        try
        {
            for (var first = 0; first < pictures.Count; first += Batch)
            {
                cancellation.ThrowIfCancellationRequested();
                var (start, count) = (first, Math.Min(Batch, pictures.Count - first));
                try
                {
                    Parallel.For(0, count, place => labels[place] = Cut(pictures, start + place, side, zoom, pixels.AsSpan(place * each, each)));
                }
                catch (AggregateException error)
                {
                    // What is wrong with one picture is mostly wrong with others, too.
                    ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
                }
                using var inner = torch.NewDisposeScope();
                var input = TensorValues.Make(pixels.AsSpan(0, count * each), [count, side, side, 3]).permute(0, 3, 1, 2).to(network.Device);
                right += CountRight(network.Forward(input), labels.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(pixels);
            network.Train(true);
        }
        return (double)right / pictures.Count;
    }

    /// <summary>How many rows of [B, classes] are largest where their label says.</summary>
    public static int CountRight(torch.Tensor logits, ReadOnlySpan<int> labels)
    {
        var classes = (int)logits.shape[1];
        var values = MemoryMarshal.Cast<byte, float>(logits.cpu().contiguous().bytes);
        var right = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = values.Slice(i * classes, classes);
            var best = 0;
            for (var candidate = 1; candidate < classes; candidate++)
                best = row[candidate] > row[best] ? candidate : best;
            right += best == labels[i] ? 1 : 0;
        }
        return right;
    }

    private static int Cut(IPictureSet pictures, int index, int side, double zoom, Span<float> pixels)
    {
        var planes = ArrayPool<byte>.Shared.Rent(pictures.LargestPicture);
        try
        {
            var picture = pictures.Read(0, index, planes);
            var shorter = Math.Min(picture.Height, picture.Width);
            if (shorter < side)
                throw new TrainingException($"Picture {index} has {picture.Width} x {picture.Height} pixels; at least {side} are needed on both sides.");
            var window = (int)Math.Round(Math.Min(shorter, side * zoom));
            PictureWindow.Cut(planes, picture, (picture.Height - window) / 2, (picture.Width - window) / 2, window, side, reversed: false, pixels);
            return picture.Label;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(planes);
        }
    }
}
