using System.Buffers;

namespace DreamFarm.Training;

/// <summary>Pictures on their way into the network; the memory is lent, and used again for later batches.</summary>
internal sealed class TrainingBatch(int pictures, int side, int classes) : IDisposable
{
    private readonly float[] _pixels = ArrayPool<float>.Shared.Rent(pictures * side * side * 3);
    private readonly float[] _targets = ArrayPool<float>.Shared.Rent(pictures * classes);

    /// <summary>[pictures][rows][columns][3].</summary>
    public Span<float> Pixels => _pixels.AsSpan(0, pictures * side * side * 3);

    /// <summary>[pictures][classes]: the share that a picture has of each class.</summary>
    public Span<float> Targets => _targets.AsSpan(0, pictures * classes);

    /// <summary>The class that most of each picture shows.</summary>
    public int[] Labels { get; } = new int[pictures];

    /// <summary>[rows][columns][3] of one picture.</summary>
    public Span<float> PixelsOf(int picture) => _pixels.AsSpan(picture * side * side * 3, side * side * 3);

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_pixels);
        ArrayPool<float>.Shared.Return(_targets);
    }
}
