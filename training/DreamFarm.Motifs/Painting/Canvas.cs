using System.Numerics;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary>
/// A picture while it is painted: where its parameters are drawn from, and all the memory that painting takes, which the
/// next picture uses again. For one thread.
/// </summary>
public sealed class Canvas
{
    private readonly List<float[]> _surfaces = [];
    private readonly SmoothNoise _noise;
    private int _lent;

    internal Canvas(int size)
    {
        Size = size;
        _noise = new SmoothNoise(size);
        Picture = new Vector3[size * size];
        Clutter = new Vector3[size * size];
        Colours = new Vector3[size * size];
        Alpha = new float[size * size];
        Draws = new Draws(0);
    }

    /// <summary>Where everything that a picture has of its own is drawn from.</summary>
    public Draws Draws { get; private set; }

    /// <summary>The picture's side, in pixels.</summary>
    internal int Size { get; }

    /// <summary>The picture: red, green and blue, about [0, 1], row by row.</summary>
    internal Vector3[] Picture { get; }

    /// <summary>What shows through the background.</summary>
    internal Vector3[] Clutter { get; }

    /// <summary>The motif alone.</summary>
    internal Vector3[] Colours { get; }

    /// <summary>What the motif covers, 0 to 1.</summary>
    internal float[] Alpha { get; }

    /// <summary>The motif's colours.</summary>
    internal Palette Palette { get; } = new();

    /// <summary>Smooth noise over the picture.</summary>
    /// <param name="grid">How many values it is drawn from along a side: 5 is a few hills and valleys.</param>
    public Surface Noise(int grid) => Noise(grid, octaves: 1, gain: 1);

    /// <summary>Smooth noise, summed with finer noise.</summary>
    /// <param name="grid">How many values the coarsest is drawn from along a side.</param>
    /// <param name="octaves">How many surfaces are summed, each twice as fine as the one before.</param>
    /// <param name="gain">How strong each is, against the one before.</param>
    internal Surface Noise(int grid, int octaves, float gain)
    {
        var surface = Lend();
        var factor = 1f;
        for (var octave = 0; octave < octaves; octave++)
        {
            _noise.Add(Draws, grid, factor, surface);
            (grid, factor) = (2 * grid - 3, factor * gain);
        }
        return new Surface(surface);
    }

    /// <summary>Begins another picture.</summary>
    internal void Begin(Draws draws)
    {
        Draws = draws;
        _lent = 0;
    }

    private float[] Lend()
    {
        if (_lent == _surfaces.Count)
            _surfaces.Add(new float[Size * Size]);
        var surface = _surfaces[_lent++];
        Array.Clear(surface);
        return surface;
    }
}
