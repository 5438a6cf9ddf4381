namespace Orleans.Runtime;

/// <summary>A call was made to a silo that has not started, or that is stopping.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>Creates it with a sentence.</summary>
    public SiloUnavailableException(string message) : base(message) { }
}
