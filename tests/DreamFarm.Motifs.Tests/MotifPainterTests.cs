using DreamFarm.Networks;

namespace DreamFarm.Motifs.Tests;

public sealed class MotifPainterTests
{
    private const int Size = 96, Bytes = 3 * Size * Size;

    private static readonly int _classes = MotifPainter.Names.Count;

    [Fact]
    public void A_picture_is_a_function_of_its_seed_and_index_whatever_thread_paints_it_and_when()
    {
        var (forward, backward) = (new MotifPainter(3), new MotifPainter(3));
        var expected = Enumerable.Range(0, 2 * _classes).Select(index => Paint(forward, index)).ToArray();
        var painted = new byte[expected.Length][];
        Parallel.For(0, expected.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var index = expected.Length - 1 - i;
            painted[index] = Paint(backward, index);
        });
        Assert.Equal(expected, painted);
    }

    [Fact]
    public void Other_seeds_and_other_indices_paint_other_pictures_in_every_class()
    {
        var (one, two) = (new MotifPainter(1), new MotifPainter(2));
        for (var index = 0; index < _classes; index++)
        {
            var picture = Paint(one, index);
            Assert.NotEqual(picture, Paint(two, index));
            Assert.NotEqual(picture, Paint(one, index + _classes));
        }
    }

    [Fact]
    public void Classes_come_in_turn()
    {
        var painter = new MotifPainter(1);
        var planes = new byte[Bytes];
        Assert.Equal(
            Enumerable.Range(0, 2 * _classes).Select(index => index % _classes),
            Enumerable.Range(0, 2 * _classes).Select(index => painter.Paint(index, planes)));
        Assert.Equal((int)((1L << 40) % _classes), painter.Paint(1L << 40, planes));
    }

    /// <summary>A painter that has learned more classes since the network was trained has put them behind.</summary>
    [Fact]
    public void The_builtin_network_names_the_painters_classes_in_their_order() =>
        Assert.Equal(MotifPainter.Names, NetworkCatalog.Find("motif")!.Classes!);

    [Fact]
    public void Names_are_plain_words_each_once()
    {
        Assert.Equal(_classes, MotifPainter.Names.Distinct().Count());
        Assert.All(MotifPainter.Names, name => Assert.Matches("^[a-z]+$", name));
    }

    [Fact]
    public void Pictures_are_neither_flat_nor_burnt_out_and_their_colours_are_muted()
    {
        const int each = 8;
        var painter = new MotifPainter(11);
        var (luminance, contrast, saturation) = (new double[_classes], new double[_classes], new double[_classes]);
        Parallel.For(0, each * _classes, index =>
        {
            var statistics = Statistics(Paint(painter, index));
            lock (luminance)
            {
                luminance[index % _classes] += statistics.Luminance / each;
                contrast[index % _classes] += statistics.Contrast / each;
                saturation[index % _classes] += statistics.Saturation / each;
            }
        });
        for (var label = 0; label < _classes; label++)
        {
            var name = MotifPainter.Names[label];
            Assert.True(luminance[label] is > 0.3 and < 0.65, $"{name}'s mean luminance is {luminance[label]:F2}.");
            Assert.True(contrast[label] is > 0.06 and < 0.25, $"{name}'s luminance has a standard deviation of {contrast[label]:F2}.");
            Assert.True(saturation[label] is > 0.03 and < 0.45, $"{name}'s mean saturation is {saturation[label]:F2}.");
        }
        Assert.InRange(luminance.Average(), 0.40, 0.52);
        Assert.InRange(contrast.Average(), 0.10, 0.17);
        Assert.InRange(saturation.Average(), 0.06, 0.16);
    }

    [Fact]
    public void A_larger_picture_shows_the_same()
    {
        const int half = Size / 2;
        var (painter, small) = (new MotifPainter(1, half), new byte[3 * half * half]);
        var difference = 0.0;
        for (var index = 0; index < _classes; index++)
        {
            painter.Paint(index, small);
            var large = Paint(new MotifPainter(1), index);
            for (var i = 0; i < small.Length; i++)
            {
                var corner = i / half * 2 * Size + i % half * 2;
                var mean = (large[corner] + large[corner + 1] + large[corner + Size] + large[corner + Size + 1]) / 4.0;
                difference += Math.Abs(mean - small[i]) / small.Length / _classes;
            }
        }
        Assert.InRange(difference, 0, 12);
    }

    [Fact]
    public void Painting_allocates_next_to_nothing_once_it_has_begun()
    {
        var painter = new MotifPainter(1);
        var planes = new byte[Bytes];
        for (var index = 0; index < 4 * _classes; index++)
            painter.Paint(index, planes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 4 * _classes; index++)
            painter.Paint(index, planes);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (4 * _classes), 0, 2000);
    }

    private static byte[] Paint(MotifPainter painter, long index)
    {
        var planes = new byte[Bytes];
        painter.Paint(index, planes);
        return planes;
    }

    /// <summary>Mean and standard deviation of a picture's luminance, and its mean difference of the strongest and the weakest colour, of 1.</summary>
    private static (double Luminance, double Contrast, double Saturation) Statistics(byte[] planes)
    {
        var pixels = planes.Length / 3;
        var (sum, squares, saturation) = (0.0, 0.0, 0.0);
        for (var i = 0; i < pixels; i++)
        {
            var (red, green, blue) = (planes[i] / 255.0, planes[pixels + i] / 255.0, planes[2 * pixels + i] / 255.0);
            var luminance = (red + green + blue) / 3;
            sum += luminance;
            squares += luminance * luminance;
            saturation += Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue));
        }
        var mean = sum / pixels;
        return (mean, Math.Sqrt(squares / pixels - mean * mean), saturation / pixels);
    }
}
