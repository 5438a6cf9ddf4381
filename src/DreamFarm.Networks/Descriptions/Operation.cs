using System.Text.Json.Serialization;

namespace DreamFarm.Networks;

/// <summary>One kind of computation in a network. What it does to values is the engine's business; what it does to geometry is said here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "operation")]
[JsonDerivedType(typeof(Convolution), "convolution")]
[JsonDerivedType(typeof(ChannelAffine), "channel_affine")]
[JsonDerivedType(typeof(Activation), "activation")]
[JsonDerivedType(typeof(MaxPooling), "max_pooling")]
[JsonDerivedType(typeof(AveragePooling), "average_pooling")]
[JsonDerivedType(typeof(GlobalAveragePooling), "global_average_pooling")]
[JsonDerivedType(typeof(Concatenation), "concatenation")]
[JsonDerivedType(typeof(Addition), "addition")]
[JsonDerivedType(typeof(Multiplication), "multiplication")]
[JsonDerivedType(typeof(LocalResponseNormalisation), "local_response_normalisation")]
[JsonDerivedType(typeof(Padding), "padding")]
[JsonDerivedType(typeof(Softmax), "softmax")]
public abstract record Operation
{
    /// <summary>How far one cell of the output looks on its inputs, and how far apart two cells lie; a cell looks at its own place alone unless said otherwise.</summary>
    [JsonIgnore]
    internal virtual Footprint Footprint => default(Footprint) with { Stride = 1 };

    /// <summary>How many inputs the operation can have.</summary>
    [JsonIgnore]
    internal virtual (int Least, int Most) Inputs => (1, 1);

    /// <summary>Channels of the output.</summary>
    /// <param name="inputs">Channels of the inputs.</param>
    /// <exception cref="ArgumentException">The inputs do not go together; the message says why and has no subject.</exception>
    internal virtual int OutputChannels(IReadOnlyList<int> inputs) => inputs[0];

    /// <summary>The tensors that the operation needs, with their shapes.</summary>
    /// <param name="channels">Channels of the first input.</param>
    internal virtual IEnumerable<(string Name, int[] Shape)> Tensors(int channels) => [];

    /// <summary>Numbers that make sense.</summary>
    /// <exception cref="ArgumentException">They do not; the message says which and has no subject.</exception>
    internal virtual void Check()
    {
    }

    private protected static void CheckSquare(Pair kernel, int stride, Pair padding)
    {
        Require(kernel is { Rows: >= 1 and <= 99, Columns: >= 1 and <= 99 }, "has a kernel that is not 1 to 99 cells wide");
        Require(stride is >= 1 and <= 64, "has a stride that is not 1 to 64");
        Require(padding.Rows >= 0 && padding.Rows <= kernel.Rows && padding.Columns >= 0 && padding.Columns <= kernel.Columns, "has padding that is negative or wider than its kernel");
    }

    private protected static void CheckPooling(Pair kernel, int stride, Pair padding)
    {
        CheckSquare(kernel, stride, padding);
        Require(padding.Rows <= kernel.Rows / 2 && padding.Columns <= kernel.Columns / 2, "has padding of more than half its kernel");
    }

    private protected static int SameChannels(IReadOnlyList<int> inputs)
    {
        Require(inputs.All(channels => channels == inputs[0]), "joins inputs of different numbers of channels");
        return inputs[0];
    }

    private protected static void Require(bool condition, string problem)
    {
        if (!condition)
            throw new ArgumentException(problem);
    }

    private protected static Footprint Square(Pair kernel, int stride, Pair padding) => new(
        stride,
        new(padding.Rows, kernel.Rows - 1 - padding.Rows),
        new(padding.Columns, kernel.Columns - 1 - padding.Columns));
}

/// <summary>The cells of its input that an operation's output cell i looks at on each axis: <c>i * Stride - Before .. i * Stride + After</c>.</summary>
internal readonly record struct Footprint(int Stride, Field Rows, Field Columns);

/// <summary>A 2-d convolution, its weights frozen, with a ReLU behind it unless told otherwise.</summary>
/// <param name="Weights">Prefix of the tensors <c>{Weights}.weight</c> [out, in / groups, rows, columns] and <c>{Weights}.bias</c> [out].</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Kernel">Sides of the kernel, in cells.</param>
/// <param name="Stride">Cells from one place of the kernel to the next, on both axes.</param>
/// <param name="Padding">Zeros on both ends of each axis, cells.</param>
/// <param name="Dilation">Cells from one weight of the kernel to the next.</param>
/// <param name="Groups">Parts that the channels are convolved in, each by itself.</param>
/// <param name="Relu">Whether max(x, 0) follows.</param>
public sealed record Convolution(string Weights, int Channels, Pair Kernel, int Stride = 1, Pair Padding = default, int Dilation = 1, int Groups = 1, bool Relu = true) : Operation
{
    internal const int MostChannels = 1 << 20;

    /// <summary>Whether there is a tensor <c>{Weights}.bias</c>.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>A batch normalisation behind the convolution (before the ReLU), folded into its weights; or null.</summary>
    public Normalisation? Norm { get; init; }

    /// <summary>
    /// Whether the weights are those of a fully connected layer, [out, in x rows x columns]: the layer applied at every
    /// place of the image instead of only once.
    /// </summary>
    public bool Dense { get; init; }

    /// <summary>Whether this is a classifier, with as many channels as the file of weights has classes.</summary>
    public bool AnyChannels { get; init; }

    internal override Footprint Footprint => Square(new((Kernel.Rows - 1) * Dilation + 1, (Kernel.Columns - 1) * Dilation + 1), Stride, Padding);

    internal override int OutputChannels(IReadOnlyList<int> inputs) => Channels;

    internal override void Check()
    {
        CheckSquare(Kernel, Stride, Padding);
        Require(Channels is >= 1 and <= MostChannels, "has no sensible number of channels");
        Require(Dilation is >= 1 and <= 64, "has a dilation that is not 1 to 64");
        Require(Groups >= 1 && Channels % Groups == 0, "has groups that do not divide its channels");
        Require(Norm is null || Norm.Epsilon is > 0 and < 1, "has a normalisation with an epsilon that is not between 0 and 1");
    }

    internal override IEnumerable<(string Name, int[] Shape)> Tensors(int channels)
    {
        Require(channels % Groups == 0, "has groups that do not divide its input's channels");
        int each = channels / Groups;
        yield return ($"{Weights}.weight", Dense ? [Channels, each * Kernel.Rows * Kernel.Columns] : [Channels, each, Kernel.Rows, Kernel.Columns]);
        if (Bias)
            yield return ($"{Weights}.bias", [Channels]);
        if (Norm is not { } norm)
            yield break;
        if (norm.Scale)
        {
            yield return ($"{norm.Weights}.weight", [Channels]);
            yield return ($"{norm.Weights}.bias", [Channels]);
        }
        yield return ($"{norm.Weights}.running_mean", [Channels]);
        yield return ($"{norm.Weights}.running_var", [Channels]);
    }
}

/// <summary>
/// Batch normalisation (Ioffe and Szegedy, 2015) as it is once trained: <c>(x - mean) / sqrt(variance + epsilon) x scale + shift</c>
/// in each channel, from the tensors <c>{Weights}.running_mean</c>, <c>.running_var</c>, <c>.weight</c> and <c>.bias</c>, all [C].
/// </summary>
/// <param name="Scale">Whether there are a scale and a shift; otherwise they are 1 and 0.</param>
public sealed record Normalisation(string Weights, double Epsilon = 1e-5, bool Scale = true);

/// <summary>x times a number and plus another in each channel: tensors <c>{Weights}.scale</c> and <c>{Weights}.shift</c>, [C].</summary>
public sealed record ChannelAffine(string Weights) : Operation
{
    internal override IEnumerable<(string Name, int[] Shape)> Tensors(int channels) => [($"{Weights}.scale", [channels]), ($"{Weights}.shift", [channels])];
}

/// <summary>A function of each value by itself; what A and B mean, the kind says.</summary>
public sealed record Activation(ActivationKind Kind, double A = 0, double B = 0) : Operation
{
    internal override void Check() =>
        Require(Enum.IsDefined(Kind) && double.IsFinite(A) && double.IsFinite(B), "is an activation of no known kind, or without finite numbers");
}

/// <summary>Functions of a value x.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationKind>))]
public enum ActivationKind
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x where it is positive, A x elsewhere.</summary>
    LeakyRelu,

    /// <summary>x, at least A and at most B.</summary>
    Clip,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>A x + B, at least 0 and at most 1.</summary>
    HardSigmoid,

    /// <summary>x times (x + 3) / 6, that at least 0 and at most 1.</summary>
    HardSwish,
}

/// <summary>The maximum over a rectangle; padding counts as minus infinity; with <paramref name="CeilMode"/> a last, incomplete rectangle counts too.</summary>
public sealed record MaxPooling(Pair Kernel, int Stride, Pair Padding = default, bool CeilMode = false) : Operation
{
    internal override Footprint Footprint => Square(Kernel, Stride, Padding);

    internal override void Check() => CheckPooling(Kernel, Stride, Padding);
}

/// <summary>The mean over a rectangle; padding counts as zeros, or with <paramref name="CountPadding"/> false not at all.</summary>
public sealed record AveragePooling(Pair Kernel, int Stride, Pair Padding = default, bool CeilMode = false, bool CountPadding = true) : Operation
{
    internal override Footprint Footprint => Square(Kernel, Stride, Padding);

    internal override void Check() => CheckPooling(Kernel, Stride, Padding);
}

/// <summary>The mean over the whole map, one cell. What stands behind it looks at the whole canvas.</summary>
public sealed record GlobalAveragePooling : Operation;

/// <summary>Joins its inputs' channels in order.</summary>
public sealed record Concatenation : Operation
{
    internal override (int Least, int Most) Inputs => (1, 1024);

    internal override int OutputChannels(IReadOnlyList<int> inputs) => inputs.Sum();
}

/// <summary>The sum of its inputs, value by value.</summary>
public sealed record Addition : Operation
{
    internal override (int Least, int Most) Inputs => (2, 2);

    internal override int OutputChannels(IReadOnlyList<int> inputs) => SameChannels(inputs);
}

/// <summary>The product of its inputs, value by value; one of them may be a single cell, which then counts everywhere.</summary>
public sealed record Multiplication : Operation
{
    internal override (int Least, int Most) Inputs => (2, 2);

    internal override int OutputChannels(IReadOnlyList<int> inputs) => SameChannels(inputs);
}

/// <summary>
/// Normalisation across channels (Krizhevsky et al., 2012): <c>x / (K + Alpha / Size x sum of squares)^Beta</c>, the sum over
/// <paramref name="Size"/> channels around each, at its own cell.
/// </summary>
public sealed record LocalResponseNormalisation(int Size, double Alpha = 1e-4, double Beta = 0.75, double K = 1) : Operation
{
    internal override void Check() =>
        Require(Size is >= 1 and <= 1024 && double.IsFinite(Alpha) && double.IsFinite(Beta) && double.IsFinite(K), "is a normalisation without sensible numbers");
}

/// <summary>More cells around the map, all of one value; negative numbers cut cells off.</summary>
public sealed record Padding(int Top, int Left, int Bottom, int Right, double Value = 0) : Operation
{
    // The output's cell i is the input's cell i - Top, whatever is added at the end.
    internal override Footprint Footprint => new(1, new(Top, -Top), new(Left, -Left));

    internal override void Check() => Require(new[] { Top, Left, Bottom, Right }.All(cells => cells is >= -99 and <= 99), "pads by more than 99 cells");
}

/// <summary>e^x over the sum of e^x over all channels, at each cell.</summary>
public sealed record Softmax : Operation;
