using System.Buffers;

namespace DreamFarm.Training;

/// <summary>
/// Makes the batches of a training, each as a function of the seed and its number: pictures in an order that changes from epoch to epoch,
/// a window of each, perhaps mirrored; in some batches half of them blurred; noise; and in some a rectangle of each from another one.
/// Safe from several threads.
/// </summary>
internal sealed class BatchMaker(IPictureSet pictures, TrainingOptions options)
{
    private const int MostBlurs = 3;

    private readonly Lock _lock = new();
    private (int Epoch, int[] Places) _order = (-1, []);

    public void Make(int number, TrainingBatch batch)
    {
        var draws = new Draws(options.Seed, Purpose.Batch, (ulong)number);
        batch.Targets.Clear();
        var planes = ArrayPool<byte>.Shared.Rent(pictures.LargestPicture);
        var scratch = ArrayPool<float>.Shared.Rent(2 * options.Crop * 3);
        try
        {
            var blurs = draws.Chance((float)options.Blur) ? draws.Integer(1, MostBlurs) : 0;
            for (var place = 0; place < options.Batch; place++)
            {
                var own = new Draws(options.Seed, Purpose.Picture, (ulong)number, (ulong)place);
                var pixels = batch.PixelsOf(place);
                batch.Labels[place] = Cut((long)number * options.Batch + place, planes, own, pixels);
                if (place < options.Batch / 2)
                {
                    for (var blur = 0; blur < blurs; blur++)
                        PictureWindow.Blur(pixels, options.Crop, scratch);
                }
                if (options.Noise > 0)
                    own.AddNoise(pixels, own.Uniform(0, (float)options.Noise));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(planes);
            ArrayPool<float>.Shared.Return(scratch);
        }

        if (draws.Chance((float)options.CutMix))
        {
            Mix(batch, draws);
            return;
        }
        for (var place = 0; place < options.Batch; place++)
            batch.Targets[place * pictures.Classes.Count + batch.Labels[place]] = 1;
    }

    /// <param name="position">Counted over all epochs.</param>
    /// <returns>The picture's label.</returns>
    private int Cut(long position, Span<byte> planes, Draws draws, Span<float> pixels)
    {
        var (epoch, within) = Math.DivRem(position, pictures.Count);
        var index = Order((int)epoch)[(int)within];
        var picture = pictures.Read((int)epoch, index, planes);
        var shorter = Math.Min(picture.Height, picture.Width);
        if (shorter < options.Crop)
            throw new TrainingException($"Picture {index} has {picture.Width} x {picture.Height} pixels; at least {options.Crop} are needed on both sides.");

        // As many octaves of scale are equally likely, as a dream has octaves.
        var widest = Math.Min(shorter, options.Crop * options.Zoom);
        var window = widest > options.Crop
            ? Math.Min(shorter, (int)Math.Round(options.Crop * Math.Pow(widest / options.Crop, draws.Uniform())))
            : options.Crop;
        var top = draws.Integer(0, picture.Height - window);
        var left = draws.Integer(0, picture.Width - window);
        PictureWindow.Cut(planes, picture, top, left, window, options.Crop, reversed: draws.Chance(0.5f), pixels);
        return picture.Label;
    }

    /// <summary>Replaces one rectangle of every picture by another picture's.</summary>
    private void Mix(TrainingBatch batch, Draws draws)
    {
        var (side, classes) = (options.Crop, pictures.Classes.Count);
        var others = new int[options.Batch];
        for (var place = 0; place < others.Length; place++)
            others[place] = place;
        draws.Shuffle<int>(others);
        var rows = draws.Integer(side / 4, side * 3 / 4 - 1);
        var columns = draws.Integer(side / 4, side * 3 / 4 - 1);
        var top = draws.Integer(0, side - rows);
        var left = draws.Integer(0, side - columns);
        var foreign = (float)(rows * columns) / (side * side);

        var patch = rows * columns * 3;
        var rented = ArrayPool<float>.Shared.Rent(options.Batch * patch);
        try
        {
            for (var place = 0; place < others.Length; place++)
            {
                for (var y = 0; y < rows; y++)
                    batch.PixelsOf(place).Slice(((top + y) * side + left) * 3, columns * 3).CopyTo(rented.AsSpan(place * patch + y * columns * 3));
            }
            for (var place = 0; place < others.Length; place++)
            {
                for (var y = 0; y < rows; y++)
                    rented.AsSpan(others[place] * patch + y * columns * 3, columns * 3).CopyTo(batch.PixelsOf(place)[(((top + y) * side + left) * 3)..]);
                batch.Targets[place * classes + batch.Labels[place]] += 1 - foreign;
                batch.Targets[place * classes + batch.Labels[others[place]]] += foreign;
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>The order of the pictures in an epoch. Batches are made one after another, so that the last epoch asked for is mostly the next one.</summary>
    private int[] Order(int epoch)
    {
        lock (_lock)
        {
            if (_order.Epoch != epoch)
            {
                var places = new int[pictures.Count];
                for (var place = 0; place < places.Length; place++)
                    places[place] = place;
                new Draws(options.Seed, Purpose.Order, (ulong)epoch).Shuffle<int>(places);
                _order = (epoch, places);
            }
            return _order.Places;
        }
    }
}
