namespace Orleans.Runtime;

/// <summary>A call could not be delivered to its grain.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message) : base(message) { }
}
