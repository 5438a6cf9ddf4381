namespace Orleans;

/// <summary>Makes a field or property of a message type part of the message. Members without it do not travel.</summary>
/// <param name="id">The member's number, unique within its type.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method)]
public sealed class IdAttribute(uint id) : Attribute
{
    /// <summary>The member's number, unique within its type.</summary>
    public uint Id { get; } = id;
}
