namespace Orleans.Runtime;

/// <summary>A grain's timer. Dispose it to stop it; it stops with the activation.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when the timer ticks next, and after how long again. During a tick it takes effect when the tick is done.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
