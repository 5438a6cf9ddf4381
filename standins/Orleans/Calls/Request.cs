using Orleans.Activations;

namespace Orleans.Calls;

/// <summary>Something that waits for its turn in a grain: a call, or a timer's tick.</summary>
internal abstract class Request
{
    /// <summary>Whether it may run in between others.</summary>
    public bool Interleaves { get; init; }

    /// <summary>Whether it counts as use of the grain, which puts off idle collection.</summary>
    public bool KeepsAlive { get; init; }

    /// <summary>Whether it belongs to this activation and dies with it.</summary>
    public bool IsLocal { get; init; }

    /// <summary>How many activations passed it on because they were at their end.</summary>
    public int Forwards { get; set; }

    /// <summary>Whether nobody waits for it any more, so that it need not be started.</summary>
    public virtual bool IsOver => false;

    /// <summary>Runs it on the activation's scheduler. Never throws.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>Tells the caller that it was not run.</summary>
    public virtual void Reject(Exception reason)
    {
    }
}
