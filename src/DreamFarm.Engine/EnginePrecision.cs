namespace DreamFarm.Engine;

/// <summary>The floating-point format in which an engine evaluates the network.</summary>
public enum EnginePrecision
{
    /// <summary>Single precision: what jobs are computed in.</summary>
    Float32,

    /// <summary>Double precision: several times slower; to see what rounding does to a dream.</summary>
    Float64,
}
