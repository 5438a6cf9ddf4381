namespace DreamFarm.Networks;

/// <summary>Poolings and padding.</summary>
internal static class OnnxPoolings
{
    public static OnnxValue Max(OnnxCall call)
    {
        var (map, window, ceil) = Read(call);
        var input = map.Node;
        if (!window.FitsPooling)
            (map, window, input) = PadBefore(call, map, window, float.MinValue);
        return call.Emit(window.Resize(call, map, ceil), new MaxPooling(window.Kernel, window.Stride, window.Padding, ceil), input);
    }

    public static OnnxValue Average(OnnxCall call)
    {
        var (map, window, ceil) = Read(call);
        // Networks of one input size often write a global pooling so. A map that was padded for it is no whole picture.
        if (window.Covers(map) && !call.IsPadded(map))
            return GlobalAverage(call);
        var countPadding = call.Integer("count_include_pad", 0) != 0;
        var input = map.Node;
        if (!window.FitsPooling)
        {
            if (!countPadding)
                throw call.Refuse("pads one end of an axis more than the other, or more than half its kernel, and leaves that out of the mean; only even padding can be left out");
            (map, window, input) = PadBefore(call, map, window, 0);
        }

        return call.Emit(window.Resize(call, map, ceil), new AveragePooling(window.Kernel, window.Stride, window.Padding, ceil, countPadding), input);
    }

    public static OnnxValue GlobalAverage(OnnxCall call)
    {
        var map = call.AnyMap(0);
        if (map.IsFlat)
            throw call.Refuse("reads a flattened map");
        var pooled = call.Emit(map with { Height = 1, Width = 1, IsPooled = true }, new GlobalAveragePooling(), map.Node);
        // A head reads what the pooling reads: each cell has classes of its own then, and a finite reach.
        return map.IsPooled || map.IsHead || !call.PoolsForHead() ? pooled : map with { Height = 1, Width = 1, IsHead = true, Pooling = pooled.Node };
    }

    /// <summary>ReduceMean over rows and columns, which is how some exporters write a global pooling.</summary>
    public static OnnxValue Mean(OnnxCall call)
    {
        var map = call.AnyMap(0);
        var wanted = map.ChannelSide == 1 ? (int[])[2, 3] : [1, 2];
        if (map.IsFlat || call.Axes(1, map.Sides) is not { } axes || !axes.SequenceEqual(wanted))
            throw call.Refuse("takes a mean over something else than rows and columns");
        var pooled = (OnnxMap)GlobalAverage(call);
        return call.Integer("keepdims", 1) != 0 ? pooled : pooled with { IsFlat = true };
    }

    public static OnnxValue Pad(OnnxCall call)
    {
        var map = call.AnyMap(0);
        if (call.Text("mode") is { } mode && mode != "constant")
            throw call.Refuse($"pads in the mode \"{mode}\"; only constant is supported");
        var pads = call.Shape(1) ?? call.Integers("pads")?.Select(pad => (long?)pad).ToArray() ?? throw call.Refuse("has no pads");
        var axes = call.Axes(3, map.Sides) ?? [.. Enumerable.Range(0, map.Sides)];
        if (map.IsFlat || pads.Count != 2 * axes.Count || axes.Distinct().Count() != axes.Count || pads.Any(pad => pad is null or < -99 or > 99))
            throw call.Refuse($"has the pads {TensorShape.Describe(pads.Take(16))}; two of -99 to 99 for each axis of a map are needed");

        var (before, after) = (new int[4], new int[4]);
        for (var i = 0; i < axes.Count; i++)
            (before[axes[i]], after[axes[i]]) = ((int)pads[i]!, (int)pads[i + axes.Count]!);
        var (rows, columns) = map.ChannelSide == 1 ? (2, 3) : (1, 2);
        if (before[0] != 0 || after[0] != 0 || before[map.ChannelSide] != 0 || after[map.ChannelSide] != 0)
            throw call.Refuse("pads channels; only rows and columns can be padded");
        if (before.Concat(after).All(pad => pad == 0))
            return call.Pass(map);
        if (map.IsHead)
            throw call.Refuse("pads the one cell of a global pooling");
        return call.Emit(
            map with { Height = map.Height + before[rows] + after[rows], Width = map.Width + before[columns] + after[columns] },
            new Padding(before[rows], before[columns], after[rows], after[columns], call.Scalar(2, "value") ?? call.Number("value", 0)),
            map.Node);
    }

    private static (OnnxMap Map, OnnxWindow Window, bool Ceil) Read(OnnxCall call)
    {
        var map = call.Map(0);
        var window = OnnxWindow.Read(call, map, OnnxWindow.ReadKernel(call));
        if (window.Dilation != 1)
            throw call.Refuse("is dilated; only convolutions can be");
        if (map.IsHead && (window.Kernel != 1 || window.IsPadded))
            throw call.Refuse("pools the one cell of a global pooling once more");
        return (map, window, call.Integer("ceil_mode", 0) != 0);
    }

    private static (OnnxMap Map, OnnxWindow Window, string Input) PadBefore(OnnxCall call, OnnxMap map, OnnxWindow window, double value)
    {
        var input = call.EmitBefore("pad", new Padding(window.Top, window.Left, window.Bottom, window.Right, value), map.Node);
        return (
            map with { Height = map.Height + window.Top + window.Bottom, Width = map.Width + window.Left + window.Right },
            window with { Top = 0, Left = 0, Bottom = 0, Right = 0 },
            input);
    }
}
