namespace DreamFarm.Networks;

/// <summary>Functions of one value, and softmax.</summary>
internal static class OnnxActivations
{
    public static OnnxValue Relu(OnnxCall call) => Activate(call, new(ActivationKind.Relu));

    public static OnnxValue LeakyRelu(OnnxCall call) => Activate(call, new(ActivationKind.LeakyRelu, call.Number("alpha", 0.01)));

    public static OnnxValue Sigmoid(OnnxCall call) => Activate(call, new(ActivationKind.Sigmoid));

    public static OnnxValue HardSigmoid(OnnxCall call) => Activate(call, new(ActivationKind.HardSigmoid, call.Number("alpha", 0.2), call.Number("beta", 0.5)));

    public static OnnxValue HardSwish(OnnxCall call) => Activate(call, new(ActivationKind.HardSwish));

    public static OnnxValue Clip(OnnxCall call)
    {
        // Attributes until version 10, inputs since; either bound may be missing, and the other be the largest number there is.
        var low = call.Scalar(1, "minimum") ?? call.Number("min", float.MinValue);
        var high = call.Scalar(2, "maximum") ?? call.Number("max", float.MaxValue);
        if (low <= float.MinValue && high >= float.MaxValue)
            return call.Pass(call.Value(0));
        return Activate(call, low == 0 && high >= float.MaxValue ? new(ActivationKind.Relu) : new(ActivationKind.Clip, low, high));
    }

    public static OnnxValue Softmax(OnnxCall call)
    {
        // Before version 13, everything from the axis on is one row of numbers; since, it is one axis.
        var map = call.AnyMap(0);
        var channelSide = map.IsFlat ? 1 : map.ChannelSide;
        var axis = call.Axis(call.Integer("axis", call.Opset < 13 ? 1 : -1), map.Sides);
        var overChannels = map.IsPoint
            ? axis == channelSide || (call.Opset < 13 && axis <= channelSide && axis > 0)
            : !map.IsFlat && axis == channelSide && (call.Opset >= 13 || channelSide == 3);
        if (!overChannels)
            throw call.Refuse("is a softmax over rows and columns, or over what is no channel; only over the channels at each cell it can be computed");
        return call.Emit(map, new Softmax(), map.Node);
    }

    private static OnnxMap Activate(OnnxCall call, Activation activation)
    {
        var map = call.AnyMap(0);
        return call.Emit(map, activation, map.Node);
    }
}
