using System.Numerics;
using DreamFarm.Dreaming;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>One term of an objective at one octave: what it makes of its layer's activation in a window. Safe from several threads.</summary>
internal interface IWindowTerm
{
    /// <summary>The layer's node.</summary>
    string Layer { get; }

    /// <summary>What one f(activation) counts.</summary>
    double Coefficient { get; }

    /// <summary>Whether the term has a cell in the window at all; otherwise its loss and its gradient there are zero.</summary>
    bool Touches(WindowShape shape);

    /// <summary>
    /// The seed of the backward pass: <see cref="Coefficient"/> x <paramref name="scale"/> x f'(a) for ALL cells of the window that the term
    /// is about. Those outside the core are other tiles' cells; what they contribute to the core's pixels is why a window has context.
    /// </summary>
    /// <param name="activation">Of the layer, [1, C, h/s, w/s], channels last in memory.</param>
    /// <param name="scale">A power of two.</param>
    /// <param name="loss">Coefficient x sum of f(a), over the cells that belong to the core.</param>
    /// <returns>Of the activation's shape and layout.</returns>
    torch.Tensor Seed<T>(torch.Tensor activation, WindowShape shape, double scale, out double loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
