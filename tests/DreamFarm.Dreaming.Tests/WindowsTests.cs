namespace DreamFarm.Dreaming.Tests;

public class WindowsTests
{
    [Theory]
    [InlineData(Boundary.Wrap, 20, 30)]
    [InlineData(Boundary.Reflect, 20, 30)]
    [InlineData(Boundary.Wrap, 120, 17)]
    [InlineData(Boundary.Reflect, 120, 17)]
    [InlineData(Boundary.Reflect, 64, 1)]
    public async Task A_window_shows_the_canvas_and_its_boundary_extension(Boundary boundary, int height, int width)
    {
        // Bands of 16 rows or so, windows that reach far outside on every side.
        var spec = Specs.Of(height, Math.Max(width, 16)) with { Tile = 16, Boundary = boundary };
        var octave = Plan.Create(spec, bandPixels: 1, out _)!.Octaves[0];
        var bounds = new Rectangle(-45, -70, height + 100, octave.Size.Width + 161);
        var window = new short[bounds.Height * 3 * bounds.Width];

        await Windows.CutAsync(octave, boundary, bounds, window, (band, rectangle, placement, _) =>
        {
            Assert.True(rectangle.Top >= octave.BandAt(band).Top && rectangle.Bottom <= octave.BandAt(band).End, "a rectangle lies within its band");
            for (int row = 0; row < rectangle.Height; row++)
                for (int plane = 0; plane < 3; plane++)
                    placement.Put(row, plane, [.. Enumerable.Range(rectangle.Left, rectangle.Width).Select(x => Pixel(rectangle.Top + row, plane, x))]);
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);

        for (int y = 0; y < bounds.Height; y++)
            for (int plane = 0; plane < 3; plane++)
                for (int x = 0; x < bounds.Width; x++)
                    Assert.Equal(
                        Pixel(Map(bounds.Top + y, height, boundary), plane, Map(bounds.Left + x, octave.Size.Width, boundary)),
                        window[(y * 3 + plane) * bounds.Width + x]);
    }

    private static short Pixel(int y, int plane, int x) => (short)(y * 251 + plane * 83 + x);

    // dream_reference.py, extend().
    private static int Map(int i, int size, Boundary boundary)
    {
        if (boundary == Boundary.Wrap)
            return (i % size + size) % size;
        int period = 2 * (size - 1);
        i = (i % period + period) % period;
        return i < size ? i : period - i;
    }
}
