namespace DreamFarm.Dreaming;

/// <summary>
/// One axis of a bilinear resize, pixel centres at half-integers: every target pixel is a weighted sum of consecutive
/// source pixels. Growing, the two nearest; shrinking, a triangle as wide as the scale (antialiasing), so that no source
/// pixel is passed over. PyTorch's <c>interpolate(mode="bilinear", align_corners=False, antialias=True)</c>.
/// </summary>
internal sealed class Resampling
{
    private readonly int[] _first;
    private readonly int[] _offset;
    private readonly float[] _weights;

    public Resampling(int source, int target)
    {
        double scale = (double)source / target;
        double support = Math.Max(scale, 1);
        _first = new int[target];
        _offset = new int[target + 1];
        var weights = new List<float>(target * 2);
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max((int)(centre - support + 0.5), 0);
            int end = Math.Min((int)(centre + support + 0.5), source);
            double total = 0;
            for (int j = first; j < end; j++)
                total += Triangle((j + 0.5 - centre) / support);
            for (int j = first; j < end; j++)
                weights.Add((float)(Triangle((j + 0.5 - centre) / support) / total));
            _first[i] = first;
            _offset[i + 1] = weights.Count;
        }
        _weights = [.. weights];
    }

    /// <summary>The first source pixel of a target pixel.</summary>
    public int First(int target) => _first[target];

    /// <summary>The source pixel behind the last one of a target pixel.</summary>
    public int End(int target) => _first[target] + _offset[target + 1] - _offset[target];

    /// <summary>The weights of source pixels First .. End - 1.</summary>
    public ReadOnlySpan<float> Weights(int target) => _weights.AsSpan(_offset[target].._offset[target + 1]);

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));
}
