namespace Orleans.Serialization;

/// <summary>A value was sent whose type is no message: it has no [GenerateSerializer], and the library does not know it.</summary>
public sealed class CodecNotFoundException : SerializerException
{
    /// <summary>Creates it with a sentence.</summary>
    public CodecNotFoundException(string message) : base(message) { }
}
