using System.Collections.Concurrent;
using System.Numerics;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>Paints pictures of all classes in turn. Each is a function of the seed and its index alone; several threads may paint at once.</summary>
/// <param name="seed">Other seeds paint other pictures.</param>
/// <param name="size">The pictures' side, in pixels.</param>
public sealed class MotifPainter(ulong seed, int size = 96)
{
    /// <summary>How far a shadow falls, in pixels of a picture of 96.</summary>
    private const int ShadowDown = 3, ShadowRight = 2;

    /// <summary>The least share of a picture that is left of a texture.</summary>
    private const float LeastCovered = 0.4f;

    private readonly ConcurrentBag<Canvas> _canvases = [];

    /// <summary>The pictures' side, in pixels.</summary>
    public int Size => size;

    /// <summary>The classes' names; labels are places in this list.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. MotifList.All.Select(motif => motif.Name)];

    /// <summary>Paints a picture.</summary>
    /// <param name="index">Its index; the class is the remainder by the number of classes.</param>
    /// <param name="planes">Receives the picture, R, G and B: <c>[3][size][size]</c>.</param>
    /// <returns>The label.</returns>
    public int Paint(long index, Span<byte> planes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var label = (int)(index % MotifList.All.Count);
        if (!_canvases.TryTake(out var canvas))
            canvas = new Canvas(size);
        canvas.Begin(new Draws(seed, (ulong)index));
        Compose(MotifList.All[label], canvas, canvas.Picture, cluttered: canvas.Draws.Chance(0.45f));
        Development.ToBytes(canvas, canvas.Picture, planes);
        _canvases.Add(canvas);
        return label;
    }

    /// <summary>A motif before its background, as it shows itself, then lit and developed.</summary>
    private static void Compose(Motif motif, Canvas canvas, Vector3[] picture, bool cluttered)
    {
        Backdrop.Paint(canvas, picture);
        if (cluttered)
            AddClutter(canvas, picture);
        PaintMotif(motif, canvas);
        if (motif.Form == MotifForm.Texture)
            Cut(canvas);
        Lay(canvas, picture);
        Development.Develop(canvas, picture);
    }

    /// <summary>Lets another picture of any class show through: a class must be told from others that are fainter.</summary>
    private static void AddClutter(Canvas canvas, Vector3[] picture)
    {
        var other = MotifList.All[canvas.Draws.Integer(0, MotifList.All.Count - 1)];
        var share = canvas.Draws.Uniform(0.15f, 0.5f);
        Compose(other, canvas, canvas.Clutter, cluttered: false);
        for (var i = 0; i < picture.Length; i++)
            picture[i] = Vector3.Lerp(picture[i], Vector3.Clamp(canvas.Clutter[i], Vector3.Zero, Vector3.One), share);
    }

    /// <summary>Paints the motif's colours and what it covers.</summary>
    private static void PaintMotif(Motif motif, Canvas canvas)
    {
        var (draws, size) = (canvas.Draws, canvas.Size);
        var placement = new Placement(motif, size, draws);
        canvas.Palette.Draw(draws, 1);
        if (motif.Invertible && draws.Chance(0.2f))
            canvas.Palette.Invert();
        var brush = motif.Begin(canvas);
        for (var (y, i) = (0, 0); y < size; y++)
        {
            for (var x = 0; x < size; x++, i++)
            {
                var (u, v) = placement.At((2 * x + 1f) / size - 1, (2 * y + 1f) / size - 1);
                var paint = new Paint(canvas.Palette);
                brush(new Spot(u, v, placement.Pixel, i), ref paint);
                // Formulas may have no value far from a motif, where it covers nothing.
                var colour = paint.Colour;
                canvas.Colours[i] = float.IsFinite(colour.X + colour.Y + colour.Z) ? colour : Vector3.Zero;
                canvas.Alpha[i] = float.IsNaN(paint.Alpha) ? 0 : Shapes.Clip(paint.Alpha);
            }
        }
    }

    /// <summary>Cuts a texture by a blob in some pictures, and gives it lighter and darker places.</summary>
    private static void Cut(Canvas canvas)
    {
        if (canvas.Draws.Chance(0.45f))
        {
            var blob = canvas.Noise(6).Values;
            // Of a blob and its surroundings, one covers enough of the picture to tell the texture by.
            var side = Covered(blob) < LeastCovered ? -1 : 1;
            for (var i = 0; i < blob.Length; i++)
                canvas.Alpha[i] *= Within(side * blob[i]);
        }
        var light = canvas.Noise(6).Values;
        for (var i = 0; i < light.Length; i++)
            canvas.Colours[i] *= 1 + 0.12f * light[i];
    }

    private static float Covered(ReadOnlySpan<float> blob)
    {
        var sum = 0f;
        foreach (var height in blob)
            sum += Within(height);
        return sum / blob.Length;
    }

    private static float Within(float height) => Shapes.Step(height, -0.25f, 0);

    /// <summary>Lays the motif over the picture, with a soft shadow.</summary>
    private static void Lay(Canvas canvas, Vector3[] picture)
    {
        var (size, alpha) = (canvas.Size, canvas.Alpha);
        var (shadow, cover) = (canvas.Draws.Uniform(0, 0.5f), canvas.Draws.Uniform(0.75f, 1));
        var (down, right) = (ShadowDown * size / 96, ShadowRight * size / 96);
        for (var (y, i) = (0, 0); y < size; y++)
        {
            var above = Math.Max(0, y - down) * size;
            for (var x = 0; x < size; x++, i++)
            {
                var behind = picture[i] * (1 - shadow * alpha[above + Math.Max(0, x - right)]);
                picture[i] = Vector3.Lerp(behind, canvas.Colours[i], cover * alpha[i]);
            }
        }
    }
}
