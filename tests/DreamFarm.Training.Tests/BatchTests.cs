namespace DreamFarm.Training.Tests;

public sealed class BatchTests
{
    private static readonly TrainingOptions Options = SmallNetwork.Options with { Batch = 8, Crop = 24, CutMix = 0.5, Zoom = 1.5 };

    [Fact]
    public void A_batch_depends_on_its_number_alone_and_its_shares_sum_to_one()
    {
        var pictures = new Stripes(20, seed: 4);
        using TrainingBatch first = Empty(), again = Empty(), other = Empty();
        var maker = new BatchMaker(pictures, Options);
        var mixed = 0;
        for (var number = 0; number < 8; number++)
        {
            maker.Make(number, first);
            new BatchMaker(pictures, Options).Make(number, again);
            maker.Make(number + 1, other);
            Assert.True(first.Pixels.SequenceEqual(again.Pixels) && first.Targets.SequenceEqual(again.Targets));
            Assert.False(first.Pixels.SequenceEqual(other.Pixels));
            for (var place = 0; place < Options.Batch; place++)
            {
                var shares = first.Targets.Slice(place * 3, 3).ToArray();
                Assert.Equal(1, shares.Sum(), 1e-5f);
                Assert.True(shares[first.Labels[place]] > 0.4f);
                mixed += shares.Max() < 1 ? 1 : 0;
            }
        }
        Assert.InRange(mixed, 1, 8 * Options.Batch - 1);
    }

    [Fact]
    public void Each_epoch_shows_every_picture_once_in_an_order_of_its_own()
    {
        var seen = new Numbered(16);
        using var batch = Empty();
        var maker = new BatchMaker(seen, Options);
        for (var number = 0; number < 4; number++)
            maker.Make(number, batch);
        var epochs = seen.Read().GroupBy(at => at.Epoch, at => at.Index).Select(indices => indices.ToArray()).ToArray();
        Assert.Equal(2, epochs.Length);
        Assert.All(epochs, indices => Assert.Equal(Enumerable.Range(0, 16), indices.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void A_failure_while_a_batch_is_made_ahead_reaches_who_waits_for_it()
    {
        using var queue = new BatchQueue(new BatchMaker(new Stripes(20, seed: 4, height: 20), Options), 0, 10, threads: 2, Empty);
        Assert.Throws<TrainingException>(() => queue.Take(0));
    }

    [Fact]
    public void Batches_come_in_order_however_many_threads_make_them()
    {
        var pictures = new Stripes(20, seed: 4);
        using var queue = new BatchQueue(new BatchMaker(pictures, Options), 2, 20, threads: 3, Empty);
        using var expected = Empty();
        for (var number = 2; number < 20; number++)
        {
            var batch = queue.Take(number);
            new BatchMaker(pictures, Options).Make(number, expected);
            Assert.True(batch.Pixels.SequenceEqual(expected.Pixels));
            queue.GiveBack(batch);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wider_window_is_scaled_down_by_area(bool reversed)
    {
        // Columns 0, 10, 20, 30 and so on, in a window of 6 of 8: each of the 4 pixels covers one and a half.
        byte[] planes = [.. Enumerable.Range(0, 3 * 8 * 8).Select(i => (byte)(i % 8 * 10))];
        var pixels = new float[4 * 4 * 3];
        PictureWindow.Cut(planes, new Picture(0, 8, 8), top: 1, left: 1, window: 6, side: 4, reversed, pixels);
        float[] expected = [(10 + 20 * 0.5f) / 1.5f, (20 * 0.5f + 30) / 1.5f, (40 + 50 * 0.5f) / 1.5f, (50 * 0.5f + 60) / 1.5f];
        for (var x = 0; x < 4; x++)
            Assert.Equal(expected[reversed ? 3 - x : x] / 127.5f - 1, pixels[(2 * 4 + x) * 3 + 1], 1e-5f);
    }

    [Fact]
    public void A_blur_spreads_a_point_and_keeps_the_sum()
    {
        var pixels = new float[5 * 5 * 3];
        pixels[(2 * 5 + 2) * 3 + 1] = 16;
        PictureWindow.Blur(pixels, 5, new float[2 * 5 * 3]);
        Assert.Equal([1, 2, 1], Enumerable.Range(1, 3).Select(x => pixels[(1 * 5 + x) * 3 + 1]));
        Assert.Equal([2, 4, 2], Enumerable.Range(1, 3).Select(x => pixels[(2 * 5 + x) * 3 + 1]));
        Assert.Equal(16, pixels.Sum(), 1e-4f);
        Array.Fill(pixels, 0.5f);
        PictureWindow.Blur(pixels, 5, new float[2 * 5 * 3]);
        Assert.All(pixels, value => Assert.Equal(0.5f, value));
    }

    private static TrainingBatch Empty() => new(Options.Batch, Options.Crop, 3);

    /// <summary>A set that notes which of them are read.</summary>
    private sealed class Numbered(int count) : IPictureSet
    {
        private readonly List<(int Epoch, int Index)> _read = [];

        public IReadOnlyList<string> Classes => ["one", "two", "three"];

        public int Count => count;

        public int LargestPicture => 3 * 30 * 30;

        public IReadOnlyList<(int Epoch, int Index)> Read() => _read;

        public Picture Read(int epoch, int index, Span<byte> planes)
        {
            _read.Add((epoch, index));
            return new Picture(index % 3, 30, 30);
        }
    }
}
