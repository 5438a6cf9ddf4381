namespace DreamFarm.Networks;

/// <summary>Sums, products and normalisations; with a constant they are a scale and a shift of each channel.</summary>
internal static class OnnxArithmetic
{
    public static OnnxValue BatchNormalisation(OnnxCall call)
    {
        var map = call.AnyMap(0);
        if (call.Integer("training_mode", 0) != 0)
            throw call.Refuse("is in training mode; export the model in evaluation mode");
        if (call.Integer("spatial", 1) == 0)
            throw call.Refuse("normalises each cell by itself (spatial 0)");
        if (map.IsFlat ? !map.IsPoint : map.ChannelSide != 1)
            throw call.Refuse("reads a map with its channels last or flattened");
        var (scale, shift, mean, variance) = (Read(1, "scale"), Read(2, "shift"), Read(3, "mean"), Read(4, "variance"));
        var epsilon = call.Number("epsilon", 1e-5);
        var gains = new float[map.Channels];
        for (var channel = 0; channel < gains.Length; channel++)
        {
            var gain = scale[channel] / Math.Sqrt(variance[channel] + epsilon);
            gains[channel] = (float)gain;
            shift[channel] = (float)(shift[channel] - (mean[channel] * gain));
        }

        return Affine(call, map, gains, shift);

        float[] Read(int input, string what)
        {
            var tensor = call.Constant(input, what);
            return tensor.Count == map.Channels ? tensor.ToFloats() : throw call.Refuse($"has a {what} of {tensor.Count} numbers for a map of {map.Channels} channels");
        }
    }

    public static OnnxValue LocalResponseNormalisation(OnnxCall call)
    {
        var map = call.Map(0);
        var size = call.Integer("size", 0);
        // With an even size, formats disagree about which neighbour counts.
        if (size is < 1 or > 1024 || size % 2 == 0)
            throw call.Refuse($"has the size {size}; an odd number of channels is needed");
        return call.Emit(map, new LocalResponseNormalisation((int)size, call.Number("alpha", 1e-4), call.Number("beta", 0.75), call.Number("bias", 1)), map.Node);
    }

    public static OnnxValue Add(OnnxCall call)
    {
        if (call.InputCount == 1)
            return call.Pass(call.Value(0));
        if (call.InputCount != 2)
            throw call.Refuse($"has {call.InputCount} inputs instead of two");
        var (first, second) = (call.Value(0), call.Value(1));
        return (first, second) switch
        {
            (OnnxMap map, OnnxConstant constant) => Shift(call, map, constant.Tensor, 1, 1),
            (OnnxConstant constant, OnnxMap map) => Shift(call, map, constant.Tensor, 1, 1),
            _ => Join(call, call.AnyMap(0), call.AnyMap(1), new Addition()),
        };
    }

    public static OnnxValue Subtract(OnnxCall call) => (call.Value(0), call.Value(1)) switch
    {
        (OnnxMap map, OnnxConstant constant) => Shift(call, map, constant.Tensor, 1, -1),
        (OnnxConstant constant, OnnxMap map) => Shift(call, map, constant.Tensor, -1, 1),
        _ => throw call.Refuse("subtracts one map from another; only constants can be subtracted"),
    };

    public static OnnxValue Multiply(OnnxCall call)
    {
        switch (call.Value(0), call.Value(1))
        {
            case (OnnxMap map, OnnxConstant constant):
                return Scale(call, map, constant.Tensor, inverse: false);
            case (OnnxConstant constant, OnnxMap map):
                return Scale(call, map, constant.Tensor, inverse: false);
            case (OnnxMap first, OnnxMap second) when second.IsPooled && !first.IsPooled:
                return Gate(call, first, second);
            case (OnnxMap first, OnnxMap second) when first.IsPooled && !second.IsPooled:
                return Gate(call, second, first);
            case (OnnxShape or OnnxConstant, OnnxShape or OnnxConstant):
                var (left, right) = (call.RequiredShape(0), call.RequiredShape(1));
                return left.Count == 1 && right.Count == 1
                    ? new OnnxShape([unchecked(left[0] * right[0])])
                    : throw call.Refuse("multiplies shapes with one another");
            default:
                return Join(call, call.AnyMap(0), call.AnyMap(1), new Multiplication());
        }
    }

    public static OnnxValue Divide(OnnxCall call) => (call.Value(0), call.Value(1)) switch
    {
        (OnnxMap map, OnnxConstant constant) => Scale(call, map, constant.Tensor, inverse: true),
        _ => throw call.Refuse("divides by what comes from the picture; only by constants it can be divided"),
    };

    public static OnnxValue Concatenate(OnnxCall call)
    {
        var values = Enumerable.Range(0, call.InputCount).Select(call.Value).ToArray();
        if (values.Length == 0)
            throw call.Refuse("has no inputs");
        if (values.All(value => value is not OnnxMap))
            return new OnnxShape([.. Enumerable.Range(0, values.Length).SelectMany(input => call.RequiredShape(input)).Take(16)]);

        var maps = Enumerable.Range(0, values.Length).Select(call.AnyMap).ToArray();
        var first = maps[0];
        if (call.Axis(call.Integer("axis", 1), first.Sides) != (first.IsFlat ? 1 : first.ChannelSide) || (first.IsFlat && maps.Any(map => !map.IsPoint)))
            throw call.Refuse("joins its inputs along something else than their channels");
        foreach (var map in maps)
            CheckAlike(call, first, map);
        var channels = maps.Sum(map => (long)map.Channels);
        return channels <= 1 << 16
            ? call.Emit(maps.Aggregate(WithSizes) with { Channels = (int)channels }, new Concatenation(), [.. maps.Select(map => map.Node)])
            : throw call.Refuse($"makes {channels} channels; at most {1 << 16} are accepted");
    }

    private static OnnxMap Join(OnnxCall call, OnnxMap first, OnnxMap second, Operation operation)
    {
        CheckAlike(call, first, second);
        if (first.Channels != second.Channels)
            throw call.Refuse($"joins maps of {first.Channels} and {second.Channels} channels");
        return call.Emit(WithSizes(first, second), operation, first.Node, second.Node);
    }

    private static OnnxMap Gate(OnnxCall call, OnnxMap map, OnnxMap gate)
    {
        if (map.IsFlat || gate.IsFlat || map.ChannelSide != gate.ChannelSide || map.Channels != gate.Channels || map.IsHead)
            throw call.Refuse($"multiplies a map of {map.Channels} channels with single cells of {gate.Channels}, or in another order");
        return call.Emit(map, new Multiplication(), map.Node, gate.Node);
    }

    private static void CheckAlike(OnnxCall call, OnnxMap first, OnnxMap second)
    {
        if (first.IsFlat != second.IsFlat || first.ChannelSide != second.ChannelSide)
            throw call.Refuse("joins maps whose channels, rows and columns are in different orders");
        if (Differ(first.Height, second.Height) || Differ(first.Width, second.Width) || first.IsPooled != second.IsPooled || first.IsHead != second.IsHead)
            throw call.Refuse($"joins maps of {Size(first)} and {Size(second)} cells");

        static bool Differ(long? a, long? b) => a is not null && b is not null && a != b;
        static string Size(OnnxMap map) => $"{(map.Height is { } height ? height : "?")} by {(map.Width is { } width ? width : "?")}";
    }

    private static OnnxMap WithSizes(OnnxMap first, OnnxMap second) => first with { Height = first.Height ?? second.Height, Width = first.Width ?? second.Width };

    private static OnnxMap Shift(OnnxCall call, OnnxMap map, OnnxTensor constant, float scale, float sign) =>
        Affine(call, map, [.. Enumerable.Repeat(scale, map.Channels)], [.. PerChannel(call, map, constant).Select(value => sign * value)]);

    private static OnnxMap Scale(OnnxCall call, OnnxMap map, OnnxTensor constant, bool inverse) =>
        Affine(call, map, [.. PerChannel(call, map, constant).Select(value => inverse ? 1 / value : value)], new float[map.Channels]);

    private static OnnxMap Affine(OnnxCall call, OnnxMap map, float[] scale, float[] shift)
    {
        if (scale.Concat(shift).Any(value => !float.IsFinite(value)))
            throw call.Refuse("has constants that make infinite numbers");
        call.Keep($"{call.Name}.scale", [map.Channels], scale);
        call.Keep($"{call.Name}.shift", [map.Channels], shift);
        return call.Emit(map, new ChannelAffine(call.Name), map.Node);
    }

    /// <summary>A constant as one number for each channel.</summary>
    private static float[] PerChannel(OnnxCall call, OnnxMap map, OnnxTensor constant)
    {
        // Sides are matched from the last one on; those that are missing are 1.
        var channelSide = map.IsFlat ? 1 : map.ChannelSide;
        var ownSide = constant.Sides.Count - map.Sides + channelSide;
        var perChannel = constant.Count == map.Channels && constant.Count > 1 && ownSide >= 0 && constant.Sides[ownSide] == map.Channels && (!map.IsFlat || map.IsPoint);
        if (constant.Sides.Count > map.Sides || (constant.Count != 1 && !perChannel))
            throw call.Refuse($"has a constant of the shape {TensorShape.Describe(constant.Sides)} for a map of {map.Channels} channels; it has to be one number, or one for each channel");
        var numbers = constant.ToFloats();
        return perChannel ? numbers : [.. Enumerable.Repeat(numbers[0], map.Channels)];
    }
}
