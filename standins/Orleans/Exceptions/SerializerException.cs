namespace Orleans.Serialization;

/// <summary>A message could not be formed.</summary>
public class SerializerException : Exception
{
    /// <summary>Creates it with a sentence.</summary>
    public SerializerException(string message) : base(message) { }
}
