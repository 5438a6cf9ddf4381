namespace DreamFarm.Engine;

/// <summary>
/// The floating-point format in which an engine evaluates the network. Each is a numerics class of its own. With a 16-bit
/// format the canvas, the first convolution and the gradient that comes out stay float32: rounding the canvas alone
/// would change the gradient by several per cent.
/// </summary>
public enum EnginePrecision
{
    /// <summary>Single precision: what jobs are computed in.</summary>
    Float32,

    /// <summary>Double precision: several times slower; to see what rounding does to a dream.</summary>
    Float64,

    /// <summary>Single precision whose products keep 10 bits of their factors; on a GPU alone.</summary>
    Tf32,

    /// <summary>Half precision, 11 significant bits up to 65504; on a GPU alone.</summary>
    Float16,

    /// <summary>Single precision's range with 8 significant bits.</summary>
    BFloat16,
}
