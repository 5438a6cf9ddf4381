namespace DreamFarm.Motifs.Tests;

public sealed class MotifPicturesTests
{
    [Fact]
    public void Every_epoch_has_other_pictures_and_each_can_be_read_again()
    {
        var count = 2 * MotifPainter.Names.Count;
        var pictures = new MotifPictures(4, count);
        Assert.Equal(MotifPainter.Names, pictures.Classes);
        var (first, again, next) = (new byte[pictures.LargestPicture], new byte[pictures.LargestPicture], new byte[pictures.LargestPicture]);
        foreach (var index in (int[])[0, count / 2 + 3, count - 1])
        {
            var read = pictures.Read(0, index, first);
            Assert.Equal((index % MotifPainter.Names.Count, 96, 96), (read.Label, read.Height, read.Width));
            Assert.Equal(read, pictures.Read(1, index, next));
            Assert.NotEqual(first, next);
            pictures.Read(0, index, again);
            Assert.Equal(first, again);
        }
    }

    [Fact]
    public void A_count_that_would_favour_classes_is_refused()
    {
        var failure = Assert.Throws<ArgumentException>(() => new MotifPictures(1, MotifPainter.Names.Count + 1));
        Assert.Contains($"multiple of {MotifPainter.Names.Count}", failure.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MotifPictures(1, MotifPainter.Names.Count).Read(0, MotifPainter.Names.Count, new byte[3 * 96 * 96]));
    }
}
