using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// The gradients of a batch of B windows:
/// <code>
///   int16 [h][3][w] each                                     float16 [ch][3][cw], exponent, each
///        | 1 canvas                                                ^ 6 core
///        v                                                         |
///   tensor [B,3,h,w] --2 forward--> activations --3 loss     gradient [ch,cw,3] each
///                                        |        each             ^
///                                        +--4 seeds--5 backward----+
///                                             each
/// </code>
/// The batch goes through the network as one; what is made of activations and of the gradient is made window by window, so that a window
/// that is not finite spoils no other. Every tensor lies channels last in memory, [B][h][w][C] seen as [B, C, h, w]: libtorch's convolutions on a CPU then
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

    public IReadOnlyList<WindowOutcome<WindowResult>> Compute(OctaveObjective objective, IReadOnlyList<LaneWindow> windows, int places)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        var outcomes = new WindowOutcome<WindowResult>[windows.Count];
        int[] touched = [.. Enumerable.Range(0, windows.Count).Where(i => objective.Terms.Any(term => term.Touches(windows[i].Shape)))];

        // Where there is no neuron in sight, what would come out is zero.
        foreach (int i in Enumerable.Range(0, windows.Count).Except(touched))
            windows[i].Core.Span.Clear();
        if (touched.Length == 0)
            return outcomes;

        double[] losses = new double[touched.Length];
        ForwardPass pass = Differentiate(objective, [.. touched.Select(i => windows[i])], places, losses, out torch.Tensor gradient);
        for (int place = 0; place < touched.Length; place++)
        {
            int window = touched[place];
            outcomes[window] = Finish(objective, pass, gradient, place, windows[window], losses[place]);
        }
        return outcomes;
    }

    /// <summary>The core's gradient [rows][3][columns] as it is before it is rounded, to compare it with other implementations.</summary>
    internal void ComputeUnrounded(OctaveObjective objective, WindowShape shape, ReadOnlyMemory<short> window, Span<T> core)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();
        ForwardPass pass = Differentiate(objective, [new LaneWindow(shape, window, default)], places: 1, new double[1], out torch.Tensor gradient);
        using torch.Tensor cut = network.ToCanvas(pass, gradient, 0, shape.CoreTop, shape.CoreLeft, shape.CoreHeight, shape.CoreWidth).contiguous().cpu();
        for (int line = 0; line < shape.CoreHeight * 3; line++)
            ReadPlane(MemoryMarshal.Cast<byte, T>(cut.bytes), line, core.Slice(line * shape.CoreWidth, shape.CoreWidth));
        TensorPrimitives.Multiply(core, T.ScaleB(T.One, -objective.SeedExponent - network.SeedExponent), core);
    }

    /// <summary>Steps 1 to 5, but for the last stretch to the canvas: the gradient of the pass's root times the seeds' powers of two.</summary>
    /// <param name="losses">Receives each window's.</param>
    private ForwardPass Differentiate(OctaveObjective objective, IReadOnlyList<LaneWindow> windows, int places, Span<double> losses, out torch.Tensor gradient)
    {
        // 1. The canvas: k / 32767, then what the network wants in its place.
        torch.Tensor canvas = ReadCanvas(windows[0].Shape.Height, windows[0].Shape.Width, [.. windows.Select(window => window.Pixels)], places);

        // 2. Forward, no deeper than the deepest wanted layer, remembering what the backward pass needs.
        ForwardPass pass = network.Forward(objective, canvas);
        IReadOnlyList<torch.Tensor> activations = pass.Activations;

        // 3. and 4. The loss over the core's cells, and the seeds for all cells, window by window and term by term.
        var seeds = new torch.Tensor?[activations.Count][];
        for (int layer = 0; layer < seeds.Length; layer++)
            seeds[layer] = new torch.Tensor?[places];
        double scale = Math.ScaleB(1, objective.SeedExponent + network.SeedExponent);
        for (int place = 0; place < windows.Count; place++)
        {
            foreach (IWindowTerm term in objective.Terms)
            {
                int layer = objective.IndexOf(term.Layer);
                torch.Tensor seed = term.Seed<T>(activations[layer].narrow(0, place, 1), windows[place].Shape, scale, out double share);
                seeds[layer][place] = seeds[layer][place]?.add(seed) ?? seed;
                losses[place] += share;
            }
        }

        // 5. Backward, as far as the windows go together.
        gradient = torch.autograd.grad([.. activations], [pass.Root], [.. seeds.Zip(activations, Join)])[0];
        return pass;
    }

    /// <summary>The seeds of a layer; those of empty windows are zero.</summary>
    private static torch.Tensor Join(torch.Tensor?[] seeds, torch.Tensor activation)
    {
        if (seeds is [{ } only])
            return only;
        long[] size = activation.shape;
        return torch.cat([.. seeds.Select(seed => seed ?? torch.full([1, size[2], size[3], size[1]], 0, activation.dtype, activation.device).permute(0, 3, 1, 2))], 0);
    }

    /// <summary>6. The core of one window, rounded to float16 x a power of two.</summary>
    private WindowOutcome<WindowResult> Finish(OctaveObjective objective, ForwardPass pass, torch.Tensor gradient, int place, LaneWindow window, double loss)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        WindowShape shape = window.Shape;
        try
        {
            int exponent = WriteCore(network.ToCanvas(pass, gradient, place, shape.CoreTop, shape.CoreLeft, shape.CoreHeight, shape.CoreWidth), shape, window.Core.Span);
            return double.IsFinite(loss)
                ? new WindowOutcome<WindowResult>(new WindowResult(loss, exponent == int.MinValue ? 0 : exponent - objective.SeedExponent - network.SeedExponent), null)
                : throw NotFinite("loss");
        }
        catch (NotFiniteNumberException failure)
        {
            return new WindowOutcome<WindowResult>(default, failure);
        }
    }

    public double[] Measure(ChannelMeasurement measurement, WindowShape shape, ReadOnlyMemory<short> window)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable unrecorded = torch.no_grad();

        // 1. and 2., without remembering anything.
        torch.Tensor canvas = ReadCanvas(shape.Height, shape.Width, [window], places: 1);
        IReadOnlyList<torch.Tensor> activations = network.Activations(measurement.Evaluation.Nodes, measurement.Layers.Select(layer => layer.Layer), canvas);

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

    /// <summary>The preprocessed canvases of windows of one size, [places, 3, h, w]; those of empty windows are zero.</summary>
    /// <param name="windows">[h][3][w] each, at most <paramref name="places"/>.</param>
    internal torch.Tensor ReadCanvas(int height, int width, IReadOnlyList<ReadOnlyMemory<short>> windows, int places)
    {
        torch.Tensor pixels = torch.empty([places, height, width, 3], network.HostType);
        Span<T> values = MemoryMarshal.Cast<byte, T>(pixels.bytes);
        int each = height * width * 3;
        for (int place = 0; place < windows.Count; place++)
            ReadWindow(height, width, windows[place].Span, values.Slice(place * each, each));
        values[(windows.Count * each)..].Clear();
        return ToDevice(pixels).permute(0, 3, 1, 2);
    }

    /// <summary>
    /// The tensor on the network's device. A GPU fetches it from pinned memory while this thread goes on to queue the forward pass; libtorch
    /// keeps a pinned block until the copy out of it is done, even if its tensor is disposed before.
    /// </summary>
    private torch.Tensor ToDevice(torch.Tensor host)
    {
        if (network.Device.type == DeviceType.CPU)
            return host;
        using torch.Tensor pinned = host.pin_memory();
        torch.Tensor there = torch.empty(host.shape, host.dtype, network.Device);
        there.copy_(pinned, nonBlocking: true);
        return there;
    }

    private void ReadWindow(int height, int width, ReadOnlySpan<short> window, Span<T> values)
    {
        if (_rowBuffer.Length < width)
        {
            _rowBuffer = new T[width];
            _singleBuffer = new float[width];
        }

        Span<T> row = _rowBuffer.AsSpan(0, width);
        for (int y = 0; y < height; y++)
        {
            Span<T> line = values.Slice(y * width * 3, width * 3);
            for (int c = 0; c < 3; c++)
            {
                int plane = network.Preprocessing?.CanvasChannel(c) ?? c;
                TensorPrimitives.ConvertTruncating(window.Slice((y * 3 + plane) * width, width), row);
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
