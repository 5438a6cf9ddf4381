namespace DreamFarm.Coordinator;

/// <summary>Says of a method that it is one of those of which there may be only so many at a time.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongCallAttribute(LongCall kind) : Attribute
{
    public LongCall Kind { get; } = kind;
}
