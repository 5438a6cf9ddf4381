namespace DreamFarm.Coordinator;

/// <summary>
/// What a worker's answers say of it, over all its streams. Who fails often rests; who answers wrongly several times in a row is
/// quarantined. Wrong answers that look right cannot be told from here: against those there is only the probe, which each
/// new stream begins with. Guarded by the dispatcher's lock.
/// </summary>
internal sealed class WorkerConduct(DispatchOptions options, TimeProvider time)
{
    /// <summary>After this many failures in a row a worker rests, ever longer, so that a broken one does not see every tile first.</summary>
    private const int FailuresBeforeRest = 3;

    /// <summary>After this many wrong answers in a row, with no right one in between, it is quarantined.</summary>
    private const int WrongBeforeQuarantine = 3;

    private const double LongestRestSeconds = 30;

    private int _failures, _wrong, _quarantines;
    private long _restsUntil, _quarantineEnds;

    /// <summary>Until when it is quarantined, for people; null if it is not.</summary>
    public DateTimeOffset? QuarantinedUntil { get; private set; }

    public bool IsResting => _restsUntil > time.GetTimestamp();

    /// <summary>True once when a rest is over.</summary>
    public bool EndRest()
    {
        if (_restsUntil == 0 || IsResting)
            return false;
        _restsUntil = 0;
        return true;
    }

    /// <summary>How much of its quarantine is left; zero if there is none.</summary>
    public TimeSpan QuarantineLeft
    {
        get
        {
            if (QuarantinedUntil is null)
                return TimeSpan.Zero;
            var left = time.GetElapsedTime(time.GetTimestamp(), _quarantineEnds);
            if (left > TimeSpan.Zero)
                return left;
            QuarantinedUntil = null;
            return TimeSpan.Zero;
        }
    }

    public bool IsQuarantined => QuarantineLeft > TimeSpan.Zero;

    /// <summary>There is something to remember if the worker comes again.</summary>
    public bool IsRecorded => _quarantines > 0 && !IsLongAgo;

    private bool IsLongAgo => time.GetElapsedTime(_quarantineEnds) > options.LongestQuarantine;

    /// <summary>It answered as it should.</summary>
    public void Right() => _failures = _wrong = 0;

    /// <summary>It could not compute a tile, and said so.</summary>
    public void Failed()
    {
        if (++_failures < FailuresBeforeRest)
            return;
        double rest = Math.Min(LongestRestSeconds, Math.Pow(2, _failures - FailuresBeforeRest));
        _restsUntil = time.GetTimestamp() + (long)(rest * time.TimestampFrequency);
    }

    /// <summary>It answered what cannot be right: not finite, of the wrong size, with a wrong checksum.</summary>
    /// <returns>True if that was once too often: its quarantine begins.</returns>
    public bool Wrong()
    {
        Failed();
        if (++_wrong < WrongBeforeQuarantine)
            return false;
        // It comes back with nothing but its record.
        _wrong = _failures = 0;
        _quarantines = IsLongAgo ? 1 : _quarantines + 1;
        var length = options.FirstQuarantine * Math.Pow(2, Math.Min(_quarantines - 1, 16));
        if (length > options.LongestQuarantine)
            length = options.LongestQuarantine;
        _quarantineEnds = time.GetTimestamp() + (long)(length.TotalSeconds * time.TimestampFrequency);
        QuarantinedUntil = time.GetUtcNow() + length;
        return true;
    }
}
