using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>Pictures that are painted when they are read, other ones in every epoch.</summary>
public sealed class MotifPictures : IPictureSet
{
    private readonly MotifPainter _painter;

    /// <summary>A set of painted pictures.</summary>
    /// <param name="seed">Sets of other seeds have no picture in common.</param>
    /// <param name="count">Pictures in an epoch: a multiple of the number of classes, so that every class comes as often.</param>
    /// <param name="size">The pictures' side, in pixels.</param>
    /// <exception cref="ArgumentException">The count is no such multiple.</exception>
    public MotifPictures(ulong seed, int count, int size = 96)
    {
        if (count < 1 || count % MotifPainter.Names.Count != 0)
            throw new ArgumentException($"The number of pictures must be a multiple of {MotifPainter.Names.Count}, the number of classes, not {count}.");
        (Count, _painter) = (count, new MotifPainter(seed, size));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => MotifPainter.Names;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int LargestPicture => 3 * _painter.Size * _painter.Size;

    /// <inheritdoc/>
    public Picture Read(int epoch, int index, Span<byte> planes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return new Picture(_painter.Paint((long)epoch * Count + index, planes), _painter.Size, _painter.Size);
    }
}
