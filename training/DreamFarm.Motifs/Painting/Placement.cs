using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>
/// How a motif lies in a picture: a slight wave, perspective, turn, size and aspect; an object may stand on a lattice, each
/// copy turned by itself, and a texture begins anywhere.
/// </summary>
internal readonly struct Placement
{
    private readonly float _wave, _rowFrequency, _rowPhase, _columnFrequency, _columnPhase;
    private readonly float _tiltX, _tiltY, _centreX, _centreY, _cos, _sin, _scaleU, _scaleV;
    private readonly float _offsetU, _offsetV;
    private readonly bool _repeated, _upright;
    private readonly float _density, _cell, _seed, _twist;

    /// <summary>Draws a placement.</summary>
    /// <param name="motif">What is placed.</param>
    /// <param name="size">The picture's side, in pixels.</param>
    /// <param name="draws">Where the placement is drawn from.</param>
    public Placement(Motif motif, int size, Draws draws)
    {
        _upright = motif.Upright;
        _wave = draws.Uniform(0, 0.09f);
        (_rowFrequency, _rowPhase) = (draws.Uniform(1, 4), draws.Uniform(0, 6));
        (_columnFrequency, _columnPhase) = (draws.Uniform(1, 4), draws.Uniform(0, 6));
        (_tiltX, _tiltY) = (draws.Uniform(-0.22f, 0.22f), draws.Uniform(-0.22f, 0.22f));
        (_sin, _cos) = MathF.SinCos(_upright ? 0.35f * draws.Normal() : draws.Uniform(0, Shapes.Turn));

        float scale;
        if (motif.Form == MotifForm.Object)
        {
            var radius = Between(draws, motif.Radius.Least, motif.Radius.Most);
            var room = MathF.Max(0.25f, 0.95f - 0.8f * radius);
            (_centreX, _centreY) = (room * draws.Uniform(-1, 1), room * draws.Uniform(-1, 1));
            scale = 1 / radius;
        }
        else
        {
            var (least, most) = motif.Span;
            scale = Between(draws, least, most);
            (_offsetU, _offsetV) = (draws.Uniform(-5, 5), draws.Uniform(-5, 5));
        }
        var aspect = MathF.Exp(draws.Uniform(-0.15f, 0.15f));
        Pixel = scale * 2 / size * draws.Uniform(0.9f, 1.8f);

        _density = 1;
        if (motif.Form == MotifForm.Object && draws.Chance(0.35f))
        {
            _repeated = true;
            (_cell, _seed, _density) = (draws.Uniform(2, 2.5f), draws.Uniform(0, 9), draws.Uniform(1, 1.7f));
            _twist = draws.Chance(0.6f) ? Shapes.Turn : 0;
            Pixel *= _density;
        }
        (_scaleU, _scaleV) = (scale * aspect * _density, scale / aspect * _density);
    }

    /// <summary>The side of a pixel, in local units; drawn up to 1.8 times as large, since pictures are not always sharp.</summary>
    public float Pixel { get; }

    /// <summary>The local coordinates of a place in the picture, which reaches from -1 to 1 on both axes, down and to the right.</summary>
    public (float U, float V) At(float x, float y)
    {
        x += _wave * MathF.Sin(y * _rowFrequency + _rowPhase);
        y += _wave * MathF.Sin(x * _columnFrequency + _columnPhase);
        var far = 1 / (1 + _tiltX * x + _tiltY * y);
        (x, y) = (x * far - _centreX, y * far - _centreY);
        var (u, v) = ((x * _cos + y * _sin) * _scaleU, (y * _cos - x * _sin) * _scaleV);
        return _repeated ? InCell(u, v) : (u + _offsetU, v + _offsetV);
    }

    private (float U, float V) InCell(float u, float v)
    {
        var row = MathF.Round(v / _cell);
        var shift = Shapes.Stagger(row) * _cell;
        var column = MathF.Round((u + shift) / _cell);
        (u, v) = (u + shift - column * _cell, v - row * _cell);
        var turn = Shapes.Hash(column, row, _seed);
        var (sin, cos) = MathF.SinCos(_upright ? 0.5f * (turn - 0.5f) : _twist * turn);
        var mirrored = Shapes.Hash(row, column, _seed + 3) < 0.5f ? -1 : 1;
        return ((u * cos + v * sin) * mirrored, v * cos - u * sin);
    }

    /// <summary>Between two numbers, every ratio alike.</summary>
    private static float Between(Draws draws, float least, float most) => MathF.Exp(draws.Uniform(MathF.Log(least), MathF.Log(most)));
}
