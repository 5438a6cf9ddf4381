namespace DreamFarm.Worker;

/// <summary>Counts the windows that the worker holds, over all streams: arriving, computing, or on their way back.</summary>
internal sealed class WorkLoad
{
    private int _windows;
    private long _total;

    public int Windows => Volatile.Read(ref _windows);

    /// <summary>Changes with every window, so that two equal values mean that none came in between.</summary>
    public long Total => Interlocked.Read(ref _total);

    public void Begin()
    {
        Interlocked.Increment(ref _windows);
        Interlocked.Increment(ref _total);
        WorkerMeter.Held(+1);
    }

    public void End()
    {
        Interlocked.Decrement(ref _windows);
        WorkerMeter.Held(-1);
    }
}
