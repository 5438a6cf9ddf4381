namespace DreamFarm.Networks;

/// <summary>Conv, and the fully connected layers of heads, which are convolutions over the whole of a small map.</summary>
internal static class OnnxConvolutions
{
    public static OnnxValue Convolution(OnnxCall call)
    {
        var map = call.Map(0);
        var weights = call.Constant(1, "weights");
        if (weights.Sides is not [>= 1 and var channels, >= 1 and var each, >= 1 and <= 99 and var rows, >= 1 and <= 99 and var columns])
            throw call.Refuse($"has weights of the shape {TensorShape.Describe(weights.Sides)}; a convolution over rows and columns has [out, in, rows, columns]");
        var kernel = new Pair(rows, columns);
        var groups = call.Integer("group", 1);
        if (groups < 1 || groups > channels || channels % groups != 0 || each * groups != map.Channels)
            throw call.Refuse($"has weights of the shape {TensorShape.Describe(weights.Sides)} in {groups} groups for a map of {map.Channels} channels");

        var window = OnnxWindow.Read(call, map, kernel);
        if (map.IsHead && (kernel != 1 || window.IsPadded))
            throw call.Refuse("looks around in the one cell of a global pooling; behind that only 1x1 convolutions make sense");
        var input = map.Node;
        if (!window.IsSymmetric || window.Top > rows || window.Left > columns)
        {
            input = call.EmitBefore("pad", new Padding(window.Top, window.Left, window.Bottom, window.Right), input);
            map = map with { Height = map.Height + window.Top + window.Bottom, Width = map.Width + window.Left + window.Right };
            window = window with { Top = 0, Left = 0, Bottom = 0, Right = 0 };
        }

        var hasBias = call.Has(2);
        if (!call.TryShare($"{call.Node.Inputs[1]}\n{(hasBias ? call.Node.Inputs[2] : "")}", out var prefix))
        {
            prefix = call.Name;
            call.Keep($"{prefix}.weight", weights, channels, each, rows, columns);
            if (hasBias)
                KeepBias(call, call.Constant(2, "bias"), channels);
        }

        return call.Emit(
            window.Resize(call, map) with { Channels = channels },
            new Convolution(prefix, channels, kernel, window.Stride, window.Padding, window.Dilation, (int)groups, Relu: false) { Bias = hasBias },
            input);
    }

    /// <summary>Gemm: alpha x A x B + beta x C, A from the picture.</summary>
    public static OnnxValue FullyConnected(OnnxCall call)
    {
        if (call.Integer("transA", 0) != 0)
            throw call.Refuse("turns the picture's values round (transA)");
        return FullyConnected(call, call.Integer("transB", 0) != 0, call.Number("alpha", 1), call.Has(2) ? call.Constant(2, "bias") : null, call.Number("beta", 1));
    }

    /// <summary>MatMul of the picture's values and a constant.</summary>
    public static OnnxValue Product(OnnxCall call) => FullyConnected(call, transposed: false, 1, null, 1);

    private static OnnxMap FullyConnected(OnnxCall call, bool transposed, double alpha, OnnxTensor? bias, double beta)
    {
        var map = call.AnyMap(0);
        if (!map.IsFlat)
            throw call.Refuse("reads a map that is not flattened");
        var weights = call.Constant(1, "weights");
        if (weights.Sides is not [>= 1 and var rows, >= 1 and var columns])
            throw call.Refuse($"has weights of the shape {TensorShape.Describe(weights.Sides)} instead of two sides");
        var (outputs, inputs) = transposed ? (rows, columns) : (columns, rows);
        if (map.Height is not { } height || map.Width is not { } width)
            throw call.Refuse("reads a flattened map of a size that the file does not fix; export the model for one size, such as [1, 3, 224, 224]");
        if (inputs != map.Channels * height * width || height > 99 || width > 99)
            throw call.Refuse($"takes {inputs} values, but reads a map of {map.Channels} channels and {height} by {width} cells");

        // The network wants [out, channels x rows x columns].
        if (transposed && alpha == 1 && (map.ChannelSide == 1 || map.IsPoint))
        {
            call.Keep($"{call.Name}.weight", weights, outputs, inputs);
        }
        else
        {
            var stored = weights.ToFloats();
            var turned = new float[stored.Length];
            var cells = inputs / map.Channels;
            for (var output = 0; output < outputs; output++)
            {
                for (var channel = 0; channel < map.Channels; channel++)
                {
                    for (var cell = 0; cell < cells; cell++)
                    {
                        var input = map.ChannelSide == 1 ? (channel * cells) + cell : (cell * map.Channels) + channel;
                        turned[(output * inputs) + (channel * cells) + cell] = (float)(alpha * (transposed ? stored[(output * inputs) + input] : stored[(input * outputs) + output]));
                    }
                }
            }

            call.Keep($"{call.Name}.weight", [outputs, inputs], turned);
        }

        if (bias is not null)
        {
            if (beta == 1)
                KeepBias(call, bias, outputs);
            else
                call.Keep($"{call.Name}.bias", [outputs], [.. Spread(call, bias, outputs).Select(value => (float)(beta * value))]);
        }

        return call.Emit(
            map with { Channels = outputs, Height = 1, Width = 1, ChannelSide = 1 },
            new Convolution(call.Name, outputs, new Pair((int)height, (int)width), Relu: false) { Bias = bias is not null, Dense = true },
            map.Node);
    }

    private static void KeepBias(OnnxCall call, OnnxTensor bias, int channels)
    {
        if (bias.Count == channels)
            call.Keep($"{call.Name}.bias", bias, channels);
        else
            call.Keep($"{call.Name}.bias", [channels], Spread(call, bias, channels));
    }

    private static float[] Spread(OnnxCall call, OnnxTensor bias, int channels) =>
        bias.Count == channels ? bias.ToFloats()
        : bias.Count == 1 ? [.. Enumerable.Repeat(bias.ToFloats()[0], channels)]
        : throw call.Refuse($"has {bias.Count} numbers as its bias for {channels} channels");
}
