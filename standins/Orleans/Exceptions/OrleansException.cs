namespace Orleans.Runtime;

/// <summary>Base of what the runtime throws.</summary>
public class OrleansException : Exception
{
    /// <summary>Creates it with a sentence.</summary>
    public OrleansException(string message) : base(message) { }
}
