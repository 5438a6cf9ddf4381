using DreamFarm.Training;

namespace DreamFarm.Motifs.Tests;

public sealed class MotifTests
{
    private const int Size = 48;

    public static TheoryData<string> Names => [.. MotifPainter.Names];

    /// <summary>Ten pictures of a motif alone, over the square that it is drawn in: objects fill a disc of radius 1.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_motif_covers_a_sensible_share_of_its_place_in_finite_colours(string name)
    {
        var motif = MotifList.All.Single(motif => motif.Name == name);
        var canvas = new Canvas(Size);
        for (var picture = 0ul; picture < 10; picture++)
        {
            canvas.Begin(new Draws(picture));
            canvas.Palette.Draw(canvas.Draws, 1);
            var brush = motif.Begin(canvas);
            var (covered, broken, least, most) = (0.0, 0, float.MaxValue, float.MinValue);
            for (var i = 0; i < Size * Size; i++)
            {
                var paint = new Paint(canvas.Palette);
                brush(new Spot(2.2f * (i % Size + 0.5f) / Size - 1.1f, 2.2f * (i / Size + 0.5f) / Size - 1.1f, 2.2f / Size, i), ref paint);
                if (!float.IsFinite(paint.Alpha) || !float.IsFinite(paint.Colour.X + paint.Colour.Y + paint.Colour.Z))
                {
                    broken++;
                    continue;
                }
                var alpha = Math.Clamp(paint.Alpha, 0, 1);
                covered += alpha / (Size * Size);
                if (alpha > 0.5f)
                    (least, most) = (MathF.Min(least, paint.Colour.Y), MathF.Max(most, paint.Colour.Y));
            }
            Assert.Equal(0, broken);
            Assert.True(covered is > 0.03, $"Picture {picture} of {name} covers {covered:P0}.");
            Assert.True(motif.Form == MotifForm.Texture || covered < 0.97, $"Picture {picture} of {name} covers {covered:P0}, and an object has a background.");
            Assert.True(most - least > 0.1f, $"Picture {picture} of {name} is flat: greens {least:F2} to {most:F2}.");
        }
    }

    [Fact]
    public void Motifs_have_no_state_two_pictures_from_the_same_draws_are_the_same()
    {
        foreach (var motif in MotifList.All)
            Assert.Equal(Tones(motif), Tones(motif));

        static float[] Tones(Motif motif)
        {
            var canvas = new Canvas(Size);
            canvas.Begin(new Draws(5));
            canvas.Palette.Draw(canvas.Draws, 1);
            var brush = motif.Begin(canvas);
            return [.. Enumerable.Range(0, Size * Size).Select(i =>
            {
                var paint = new Paint(canvas.Palette);
                brush(new Spot(i % Size / 24f - 1, i / Size / 24f - 1, 0.04f, i), ref paint);
                return paint.Colour.X + 10 * paint.Alpha;
            })];
        }
    }
}
