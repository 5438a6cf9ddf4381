using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator.Tests;

public class PreviewTests
{
    [Theory]
    [InlineData(64, 41)]
    [InlineData(1024, 659)]
    [InlineData(2, 1)]
    public async Task The_bands_rows_make_one_picture_that_looks_like_the_canvas(int height, int width)
    {
        var plan = Plan.Create(new DreamSpec { Input = new Size(4500, 2900), Output = new Size(4500, 2900), Stride = 8, Context = 16, Tile = 512 }, out _)!;
        var octave = plan.Octaves[0];
        Assert.Equal(3, octave.Bands);
        int next = 0;
        for (int index = 0; index < octave.Bands; index++)
        {
            using var band = new CanvasBand(plan, new Ramp(octave.Size), 0, index);
            await band.OpenAsync((_, _, _, _) => ValueTask.CompletedTask, CancellationToken.None);
            var rows = PreviewRows.Of(band, octave.Size, height, width);
            Assert.Equal(next, rows.First);
            for (int i = 0; i < rows.Rgb.Length; i += 3)
            {
                double y = (rows.First + i / (3 * width) + 0.5) / height, x = (i / 3 % width + 0.5) / width;
                // Two rows of a preview may share a band's edge, where samples are taken from inside the band alone.
                Assert.InRange(rows.Rgb[i] - 255 * y, -1 - 127.0 / height, 1 + 127.0 / height);
                Assert.InRange(rows.Rgb[i + 1] - 255 * x, -1, 1);
                Assert.Equal(64, rows.Rgb[i + 2]);
            }
            next += rows.Rgb.Length / (3 * width);
        }
        Assert.Equal(height, next);
    }

    /// <summary>Red grows downwards, green to the right, blue is -0.5.</summary>
    private sealed class Ramp(Size size) : IOriginal
    {
        public Size Size => size;

        public void ReadRows(int first, int rows, Span<float> destination)
        {
            for (int row = 0; row < rows; row++)
            {
                var line = destination.Slice(row * 3 * size.Width, 3 * size.Width);
                line[..size.Width].Fill(2f * (first + row) / size.Height - 1);
                for (int x = 0; x < size.Width; x++)
                    line[size.Width + x] = 2f * x / size.Width - 1;
                line[(2 * size.Width)..].Fill(-0.5f);
            }
        }
    }
}
