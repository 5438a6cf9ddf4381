using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// The gradient of one window:
/// <code>
///   int16 [h][3][w]                                          float16 [ch][3][cw], exponent
///        | 1 canvas                                                ^ 6 core
///        v                                                         |
///   tensor [1,3,h,w] --2 forward--> activations --3 loss     gradient [ch,cw,3]
///                                        |                         ^
///                                        +--4 seeds--5 backward----+
/// </code>
/// Every tensor lies channels last in memory, [h][w][C] seen as [1, C, h, w]: libtorch's convolutions on a CPU then
/// need no reordering and run up to twice as fast. TorchSharp cannot ask for that layout by name, so the input and the
/// weights are made as [h][w][C] and permuted; every operation keeps the layout that it is given.
/// </summary>
/// <typeparam name="T">float or double: the canvas's and the gradient's type, <see cref="FrozenNetwork.HostType"/>.</typeparam>
internal sealed class WindowGradient<T>(FrozenNetwork network) : IWindowGradient
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The largest canvas value, k = 32767, is 1.</summary>
    private const int CanvasOne = short.MaxValue;

    /// <summary>A core's largest gradient becomes at least 2^14 in float16, whose largest value is just under 2^16.</summary>
    private const int HalfExponent = 14;

    /// <summary>2^126 is the largest power of two whose inverse is a normal float32.</summary>
    private const int LargestScale = 126;

    // Kept from window to window, grown to the widest.
    private T[] _rowBuffer = [];
    private float[] _singleBuffer = [];

    public WindowResult Compute(OctaveObjective objective, WindowShape shape, ReadOnlySpan<short> window, Span<Half> core)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        if (!objective.Terms.Any(term => term.Touches(shape)))
        {
            // No neuron in sight: what would come out is zero.
            core.Clear();
            return new WindowResult(0, 0);
        }

        torch.Tensor gradient = Differentiate(objective, shape, window, out double loss);

        // 6. The core, rounded to float16 x a power of two.
        int exponent = WriteCore(gradient, shape, core);
        if (!double.IsFinite(loss))
            throw NotFinite("loss");
        return new WindowResult(loss, exponent == int.MinValue ? 0 : exponent - objective.SeedExponent - network.SeedExponent);
    }

    /// <summary>The core's gradient [rows][3][columns] as it is before it is rounded, to compare it with other implementations.</summary>
    internal void ComputeUnrounded(OctaveObjective objective, WindowShape shape, ReadOnlySpan<short> window, Span<T> core)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        using torch.Tensor cut = Differentiate(objective, shape, window, out _).contiguous().cpu();
        for (int line = 0; line < shape.CoreHeight * 3; line++)
            ReadPlane(MemoryMarshal.Cast<byte, T>(cut.bytes), line, core.Slice(line * shape.CoreWidth, shape.CoreWidth));
        TensorPrimitives.Multiply(core, T.ScaleB(T.One, -objective.SeedExponent - network.SeedExponent), core);
    }

    /// <summary>Steps 1 to 5: the core's gradient [ch, cw, 3] times the seeds' powers of two, of the preprocessed canvas.</summary>
    private torch.Tensor Differentiate(OctaveObjective objective, WindowShape shape, ReadOnlySpan<short> window, out double loss)
    {
        // 1. The canvas: k / 32767, then what the network wants in its place.
        torch.Tensor canvas = ReadCanvas(shape, window);

        // 2. Forward, no deeper than the deepest wanted layer, remembering what the backward pass needs.
        ForwardPass pass = network.Forward(objective, canvas);
        IReadOnlyList<torch.Tensor> activations = pass.Activations;

        // 3. and 4. The loss over the core's cells, and the seeds for all cells, term by term.
        loss = 0;
        var seeds = new torch.Tensor?[activations.Count];
        double scale = Math.ScaleB(1, objective.SeedExponent + network.SeedExponent);
        foreach (IWindowTerm term in objective.Terms)
        {
            int layer = objective.IndexOf(term.Layer);
            torch.Tensor seed = term.Seed<T>(activations[layer], shape, scale, out double share);
            seeds[layer] = seeds[layer]?.add(seed) ?? seed;
            loss += share;
        }

        // 5. Backward to the core's part of the canvas.
        torch.Tensor gradient = torch.autograd.grad([.. activations], [pass.Root], seeds!)[0];
        return network.ToCanvas(pass, gradient, shape.CoreTop, shape.CoreLeft, shape.CoreHeight, shape.CoreWidth);
    }

    public double[] Measure(ChannelMeasurement measurement, WindowShape shape, ReadOnlySpan<short> window)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();

        // 1. and 2., without remembering anything.
        IReadOnlyList<torch.Tensor> activations = network.Activations(measurement.Evaluation.Nodes, measurement.Layers.Select(layer => layer.Layer), ReadCanvas(shape, window));

        // 3. The cells that belong to the core.
        var sums = new double[measurement.Channels];
        Span<double> rest = sums;
        for (int i = 0; i < activations.Count; i++)
        {
            NodeGeometry node = measurement.Layers[i].Node;
            ChannelSum.Add<T>(activations[i], node, shape, rest[..node.Channels]);
            rest = rest[node.Channels..];
        }
        return Array.TrueForAll(sums, double.IsFinite) ? sums : throw NotFinite("activations");
    }

    /// <summary>The preprocessed canvas [1, 3, h, w].</summary>
    internal torch.Tensor ReadCanvas(WindowShape shape, ReadOnlySpan<short> window)
    {
        if (_rowBuffer.Length < shape.Width)
        {
            _rowBuffer = new T[shape.Width];
            _singleBuffer = new float[shape.Width];
        }

        torch.Tensor pixels = torch.empty([1, shape.Height, shape.Width, 3], network.HostType);
        Span<T> values = MemoryMarshal.Cast<byte, T>(pixels.bytes);
        Span<T> row = _rowBuffer.AsSpan(0, shape.Width);
        for (int y = 0; y < shape.Height; y++)
        {
            Span<T> line = values.Slice(y * shape.Width * 3, shape.Width * 3);
            for (int c = 0; c < 3; c++)
            {
                int plane = network.Preprocessing?.CanvasChannel(c) ?? c;
                TensorPrimitives.ConvertTruncating(window.Slice((y * 3 + plane) * shape.Width, shape.Width), row);
                TensorPrimitives.Divide(row, T.CreateTruncating(CanvasOne), row);
                if (network.Preprocessing is { } preprocessing)
                {
                    TensorPrimitives.Add(row, T.One, row);
                    TensorPrimitives.Divide(row, T.CreateTruncating(2), row);
                    TensorPrimitives.Subtract(row, T.CreateTruncating(preprocessing.Mean[c]), row);
                    TensorPrimitives.Divide(row, T.CreateTruncating(preprocessing.Std[c]), row);
                }

                for (int x = 0; x < row.Length; x++)
                    line[3 * x + c] = row[x];
            }
        }

        return pixels.to(network.Device).permute(0, 3, 1, 2);
    }

    /// <returns>The exponent before the seed's is taken off; int.MinValue where the core is all zero.</returns>
    private int WriteCore(torch.Tensor gradient, WindowShape shape, Span<Half> core)
    {
        using torch.Tensor cut = gradient.contiguous().cpu();
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(cut.bytes);
        Span<T> row = _rowBuffer.AsSpan(0, shape.CoreWidth);
        Span<float> single = _singleBuffer.AsSpan(0, shape.CoreWidth);

        T largest = T.Zero;
        for (int line = 0; line < shape.CoreHeight * 3; line++)
        {
            ReadPlane(values, line, row);
            largest = T.MaxMagnitude(largest, TensorPrimitives.MaxMagnitude<T>(row));
        }

        if (!T.IsFinite(largest))
            throw NotFinite("gradient");
        if (T.IsZero(largest))
        {
            core.Clear();
            return int.MinValue;
        }

        int exponent = Math.Max(int.CreateChecked(T.ILogB(largest)) - HalfExponent, -LargestScale);
        T scale = T.ScaleB(T.One, -exponent);
        for (int line = 0; line < shape.CoreHeight * 3; line++)
        {
            ReadPlane(values, line, row);
            TensorPrimitives.Multiply(row, scale, row);
            TensorPrimitives.ConvertTruncating<T, float>(row, single);
            TensorPrimitives.ConvertToHalf(single, core.Slice(line * shape.CoreWidth, shape.CoreWidth));
        }

        return exponent;
    }

    /// <summary>One row of one plane, out of [rows][columns][3]; line counts planes within rows.</summary>
    private void ReadPlane(ReadOnlySpan<T> values, int line, Span<T> row)
    {
        int channel = network.Preprocessing?.CanvasChannel(line % 3) ?? line % 3;
        ReadOnlySpan<T> source = values.Slice(line / 3 * row.Length * 3, row.Length * 3);
        for (int x = 0; x < row.Length; x++)
            row[x] = source[3 * x + channel];

        // d canvas of ((canvas + 1) / 2 - mean) / std.
        if (network.Preprocessing is { } preprocessing)
        {
            TensorPrimitives.Divide(row, T.CreateTruncating(preprocessing.Std[channel]), row);
            TensorPrimitives.Divide(row, T.CreateTruncating(2), row);
        }
    }

    private NotFiniteNumberException NotFinite(string what) =>
        new($"The {what} of a window on {network.Description.Name} is infinite or not a number; weights of the right network give finite ones.");
}
