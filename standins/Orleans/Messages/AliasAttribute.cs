namespace Orleans;

/// <summary>The name under which a type or method is known on the wire, so that it can be renamed in code.</summary>
/// <param name="alias">Unique in the cluster for a type, in its type for a method.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method, AllowMultiple = true)]
public sealed class AliasAttribute(string alias) : Attribute
{
    /// <summary>The name on the wire.</summary>
    public string Alias { get; } = alias;
}
