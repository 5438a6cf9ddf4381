using System.Numerics.Tensors;

namespace DreamFarm.Dreaming;

/// <summary>Adds sums of tiles in the tiles' order, whatever order they come in; only those that came too early are kept meanwhile.</summary>
/// <param name="values">How many sums a tile has.</param>
internal sealed class OrderedSums(int values)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, double[]> _early = [];
    private readonly double[] _total = new double[values];
    private int _next;

    /// <summary>The sums over the tiles so far.</summary>
    public double[] Total => _total;

    /// <param name="index">Of the tile; every one from 0 on comes once.</param>
    public void Add(int index, double[] sums)
    {
        if (sums.Length != _total.Length)
            throw new ArgumentException($"a tile has {sums.Length} sums instead of {_total.Length}", nameof(sums));
        lock (_lock)
        {
            _early.Add(index, sums);
            for (; _early.Remove(_next, out var due); _next++)
                TensorPrimitives.Add(_total, due, _total);
        }
    }
}
