namespace DreamFarm.Dreaming.Tests;

public class PlanTests
{
    [Theory]
    // Computed by the reference script.
    [InlineData(575, 1024, 5, 1.4, "267x150 373x210 522x293 731x411 1024x575")]
    [InlineData(800, 1280, 4, 1.3, "583x364 757x473 985x615 1280x800")]
    [InlineData(333, 500, 3, 1.7, "173x115 294x196 500x333")]
    [InlineData(45, 75, 2, 2.0, "38x22 75x45")]
    public void Octaves_have_the_sizes_of_the_reference(int height, int width, int octaves, double scale, string sizes)
    {
        var plan = Plan.Create(Specs.Of(height, width) with { Octaves = octaves, OctaveScale = scale }, out string? problem);

        Assert.Null(problem);
        Assert.Equal(sizes, string.Join(' ', plan!.Octaves.Select(octave => octave.Size)));
    }

    [Fact]
    public void An_octave_whose_smaller_side_is_under_16_pixels_is_refused_by_name()
    {
        Assert.Null(Plan.Create(Specs.Of(60, 200) with { Octaves = 6 }, out string? problem));
        Assert.StartsWith("octave 1 would be 37x11 pixels", problem);

        Assert.NotNull(Plan.Create(Specs.Of(60, 200) with { Octaves = 4 }, out problem));
        Assert.Null(problem);
    }

    [Fact]
    public void Bands_cover_every_row_once_and_know_their_rows()
    {
        var octave = Plan.Create(Specs.Of(10_000, 3_000) with { Tile = 512 }, out _)!.Octaves[0];

        Assert.True(octave.Bands > 1);
        int row = 0;
        for (int band = 0; band < octave.Bands; band++)
        {
            Assert.Equal(row, octave.BandAt(band).Top);
            for (; row < octave.BandAt(band).End; row++)
                Assert.Equal(band, octave.BandOf(row));
        }
        Assert.Equal(10_000, row);
    }

    [Fact]
    public void No_window_of_any_step_exceeds_the_largest_of_the_plan()
    {
        var spec = Specs.Of(700, 900) with { Tile = 128, Stride = 16, Context = 32, Steps = 40, MaxRoll = 512 };
        var octave = Plan.Create(spec, out _)!.Octaves[0];
        for (int step = 0; step < spec.Steps; step++)
            foreach (var tile in octave.TilesAt(step).All())
                Assert.True(tile.Window.Height <= octave.LargestWindow.Height && tile.Window.Width <= octave.LargestWindow.Width);
    }

    [Theory]
    [InlineData(800, 1280, 800)]
    [InlineData(1280, 800, 800)]
    [InlineData(200, 1280, 640)]
    [InlineData(300, 310, 304)]
    [InlineData(8000, 6000, 832)]
    public void An_automatic_tile_leaves_the_shorter_side_whole_as_long_as_windows_stay_small(int height, int width, int tile) =>
        Assert.Equal(tile, Plan.Create(Specs.Of(height, width), out _)!.Octaves[0].Tile);

    [Theory]
    [InlineData(96, 832)]
    [InlineData(304, 912)]
    [InlineData(544, 1024)]
    public void Wide_contexts_have_wider_tiles(int context, int tile) =>
        Assert.Equal(tile, Plan.Create(Specs.Of(6000, 8000) with { Context = context }, out _)!.Octaves[^1].Tile);
}
