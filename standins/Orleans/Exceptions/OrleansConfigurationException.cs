namespace Orleans.Runtime;

/// <summary>The silo's options contradict each other or lack something.</summary>
public sealed class OrleansConfigurationException : Exception
{
    /// <summary>Creates it with a sentence.</summary>
    public OrleansConfigurationException(string message) : base(message) { }
}
