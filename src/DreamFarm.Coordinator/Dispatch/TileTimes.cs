using System.Numerics;

namespace DreamFarm.Coordinator;

/// <summary>
/// How long a job's tiles take. Tiles of one kind are those whose windows have the same size within a factor of two: of each
/// kind the running median of seconds a window pixel is kept, since small windows cost more a pixel than large ones.
/// </summary>
internal sealed class TileTimes
{
    /// <summary>Lane time of a window pixel before anything is known, seconds: about what a core of a processor needs.</summary>
    private const double UnknownLaneSeconds = 1e-6;

    /// <summary>A median of fewer says little; the job's other kinds say more.</summary>
    private const int FewestOfAKind = 3;

    private readonly RunningMedian _all = new();
    private readonly Dictionary<int, RunningMedian> _kinds = [];
    private double? _laneSeconds;

    /// <summary>A tile was answered.</summary>
    /// <param name="seconds">From being taken to being answered, waiting behind other tiles included.</param>
    /// <param name="laneSeconds">Of that, in a lane.</param>
    /// <param name="pixels">Of its window.</param>
    public void Add(double seconds, double laneSeconds, long pixels)
    {
        _all.Add(seconds / pixels);
        int kind = BitOperations.Log2((ulong)pixels);
        if (!_kinds.TryGetValue(kind, out var times))
            _kinds.Add(kind, times = new RunningMedian());
        times.Add(seconds / pixels);
        double measured = laneSeconds / pixels;
        _laneSeconds = _laneSeconds is { } before ? before + (measured - before) / 8 : measured;
    }

    /// <summary>Seconds from being taken to being answered that a window of this size usually needs; null before the first answer.</summary>
    public double? Usual(long pixels)
    {
        var times = _kinds.TryGetValue(BitOperations.Log2((ulong)pixels), out var kind) && kind.Count >= FewestOfAKind ? kind : _all;
        return times.Value * pixels;
    }

    /// <summary>Seconds that a window of this size is expected to occupy a lane.</summary>
    public double ExpectedLaneSeconds(long pixels) => (_laneSeconds ?? UnknownLaneSeconds) * pixels;
}
