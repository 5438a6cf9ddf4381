namespace Orleans;

/// <summary>Marks a type as a message: only such types, and the library's own, may travel between grains.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Whether a primary constructor's parameters are members. Not set: yes for records.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; }
}
