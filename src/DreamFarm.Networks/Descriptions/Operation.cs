namespace DreamFarm.Networks;

/// <summary>One kind of computation in a network. What it does to values is the engine's business; what it does to geometry is said here.</summary>
public abstract record Operation
{
    /// <summary>How far one cell of the output looks on its inputs, and how far apart two cells lie.</summary>
    internal abstract Footprint Footprint { get; }
}

/// <summary>The cells of its input that an operation's output cell i looks at: <c>i * Stride - Before .. i * Stride + After</c>.</summary>
internal readonly record struct Footprint(int Stride, int Before, int After);

/// <summary>A square 2-d convolution with bias, its weights frozen, with a ReLU behind it unless told otherwise.</summary>
/// <param name="Weights">Prefix of the tensors <c>{Weights}.weight</c> [out, in, kernel, kernel] and <c>{Weights}.bias</c> [out].</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Kernel">Side of the kernel, in cells.</param>
public sealed record Convolution(string Weights, int Channels, int Kernel, int Stride = 1, int Padding = 0, bool Relu = true) : Operation
{
    internal override Footprint Footprint => new(Stride, Padding, Kernel - 1 - Padding);
}

/// <summary>The maximum over a square; padding counts as minus infinity; with <paramref name="CeilMode"/> a last, incomplete square counts too.</summary>
public sealed record MaxPooling(int Kernel, int Stride, int Padding = 0, bool CeilMode = false) : Operation
{
    internal override Footprint Footprint => new(Stride, Padding, Kernel - 1 - Padding);
}

/// <summary>Joins its inputs' channels in order.</summary>
public sealed record Concatenation : Operation
{
    internal override Footprint Footprint => new(1, 0, 0);
}
