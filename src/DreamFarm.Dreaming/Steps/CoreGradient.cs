using System.Buffers;

namespace DreamFarm.Dreaming;

/// <summary>The gradient of one core, as it travels: float16 values times a power of two.</summary>
/// <param name="owner">Memory of at least as many values as the core has; given back on disposal.</param>
/// <param name="values">rows x 3 planes x columns of the core.</param>
/// <param name="exponent">The gradient is value x 2^exponent.</param>
/// <param name="loss">The window's share of the loss: cells whose origin lies in the core.</param>
public sealed class CoreGradient(IMemoryOwner<Half> owner, int values, int exponent, double loss) : IDisposable
{
    /// <summary>[rows][3][columns].</summary>
    public ReadOnlyMemory<Half> Values { get; } = owner.Memory[..values];

    /// <summary>The gradient is value x 2^Exponent.</summary>
    public int Exponent { get; } = exponent;

    /// <summary>The sum over the layers' cells whose origin lies in the core, as the objective weighs them.</summary>
    public double Loss { get; } = loss;

    /// <inheritdoc/>
    public void Dispose() => owner.Dispose();
}
