namespace DreamFarm.Networks;

/// <summary>What moves values without computing: names, layouts, flattening, and the small sums over shapes that exporters write for it.</summary>
internal static class OnnxShapes
{
    public static OnnxValue Identity(OnnxCall call) => call.Pass(call.Value(0));

    public static OnnxValue Dropout(OnnxCall call)
    {
        // An input since version 12; before, what a model does was up to whoever runs it.
        if (call.Has(2) && !(call.Value(2) is OnnxConstant { Tensor: { Element: WeightElement.Integer8, Count: 1 } training } && training.ToBytes()[0] == 0))
            throw call.Refuse("is in training mode; export the model in evaluation mode");
        return call.Pass(call.Value(0));
    }

    public static OnnxValue Cast(OnnxCall call)
    {
        // Numbers are computed in whatever precision the engine is set to.
        const int float32 = 1, int32 = 6, int64 = 7, float16 = 10, float64 = 11, bfloat16 = 16;
        var value = call.Value(0);
        var type = call.Integer("to", 0);
        return value switch
        {
            OnnxMap when type is float32 or float16 or float64 or bfloat16 => call.Pass(value),
            OnnxConstant { Tensor.Element: <= WeightElement.Float64 } when type is float32 or float16 or float64 or bfloat16 => value,
            OnnxShape or OnnxConstant { Tensor.Element: WeightElement.Integer32 or WeightElement.Integer64 } when type is int32 or int64 => value,
            OnnxConstant { Tensor: var tensor } when type is float32 or float16 or float64 or bfloat16 && tensor.ToIntegers() is { } integers =>
                new OnnxConstant(call.Compute([.. tensor.Sides], [.. integers.Select(integer => (float)integer)])),
            _ => throw call.Refuse($"turns numbers into the type {type}; the picture's values can only be floating-point numbers"),
        };
    }

    public static OnnxValue Constant(OnnxCall call)
    {
        if (call.Attribute("value")?.Tensor is { } tensor)
            return new OnnxConstant(tensor);
        if (call.Attribute("value_float")?.Float is { } number)
            return new OnnxConstant(call.Compute([], [(float)number]));
        if (call.Attribute("value_floats") is { Floats: var numbers and not [] })
            return new OnnxConstant(call.Compute([numbers.Count], [.. numbers.Select(value => (float)value)]));
        if (call.Attribute("value_int")?.Integer is { } integer)
            return new OnnxShape([integer]);
        if (call.Attribute("value_ints") is { Integers: var integers and not [] })
            return new OnnxShape([.. integers]);
        throw call.Refuse("is a constant of another kind than numbers");
    }

    public static OnnxValue Flatten(OnnxCall call)
    {
        var map = call.AnyMap(0);
        if (call.Axis(call.Integer("axis", 1), map.Sides) != 1)
            throw call.Refuse("flattens from another axis than the channels'");
        return call.Pass(map with { IsFlat = true });
    }

    public static OnnxValue Reshape(OnnxCall call)
    {
        var shape = call.Shape(1) ?? call.Integers("shape")?.Select(side => (long?)side).ToArray() ?? throw call.Refuse("has no shape");
        if (call.Value(0) is OnnxConstant constant)
        {
            var sides = Resolve(call, shape, constant.Tensor.Sides);
            return new OnnxConstant(constant.Tensor.Reshape(sides));
        }

        var map = call.AnyMap(0);
        if (shape.Count == 2)
        {
            var values = map.Channels * map.Height * map.Width;
            // A shape may be written with what is not known here, or as 0 where it stays.
            return shape[1] is null or -1 || shape[1] == values || shape[1] == 0 && map.IsFlat
                ? call.Pass(map with { IsFlat = true })
                : throw Refuse();
        }

        var order = map.ChannelSide == 1 ? new long?[] { map.Channels, map.Height, map.Width } : [map.Height, map.Width, map.Channels];
        if (shape.Count != 4 || (map.IsFlat && !map.IsPoint))
            throw Refuse();
        for (var side = 0; side < 3; side++)
        {
            if (shape[side + 1] is { } wanted and not -1 && wanted != order[side] && !(wanted == 0 && !map.IsFlat))
                throw Refuse();
        }

        return call.Pass(map with { IsFlat = false });

        WeightsException Refuse() => call.Refuse($"gives its map of {map.Channels} channels the shape {TensorShape.Describe(shape.Take(8))}; maps can only be flattened");
    }

    public static OnnxValue Squeeze(OnnxCall call)
    {
        switch (call.Value(0))
        {
            case OnnxShape shape:
                return shape;
            case OnnxConstant { Tensor: var tensor }:
                var dropped = call.Axes(1, tensor.Sides.Count) ?? [.. Enumerable.Range(0, tensor.Sides.Count).Where(side => tensor.Sides[side] == 1)];
                return dropped.All(side => tensor.Sides[side] == 1)
                    ? new OnnxConstant(tensor.Reshape([.. tensor.Sides.Where((_, side) => !dropped.Contains(side))]))
                    : throw call.Refuse("drops sides that are longer than 1");
            default:
                var map = call.AnyMap(0);
                if (map.IsFlat || !map.IsPoint || !IsSpatial(call.Axes(1, 4), map))
                    throw call.Refuse("drops other sides of a map than rows and columns of a single cell");
                return call.Pass(map with { IsFlat = true });
        }
    }

    public static OnnxValue Unsqueeze(OnnxCall call)
    {
        switch (call.Value(0))
        {
            case OnnxShape shape:
                return shape;
            case OnnxConstant { Tensor: var tensor }:
                var given = call.Shape(1)?.Count ?? call.Integers("axes")?.Count ?? 0;
                var all = tensor.Sides.Count + given;
                var added = call.Axes(1, all) ?? [];
                if (all > 8 || added.Distinct().Count() != given)
                    throw call.Refuse("adds sides that make no sense");
                var sides = new Queue<int>(tensor.Sides);
                return new OnnxConstant(tensor.Reshape([.. Enumerable.Range(0, all).Select(side => added.Contains(side) ? 1 : sides.Dequeue())]));
            default:
                var map = call.AnyMap(0);
                if (!map.IsFlat || !map.IsPoint || !IsSpatial(call.Axes(1, 4), map))
                    throw call.Refuse("adds other sides than the rows and columns of a single cell");
                return call.Pass(map with { IsFlat = false });
        }
    }

    public static OnnxValue Transpose(OnnxCall call)
    {
        var order = call.Integers("perm");
        switch (call.Value(0))
        {
            case OnnxConstant { Tensor: { Sides: [var rows, var columns] } tensor } when order is null or [1, 0]:
                var stored = tensor.ToFloats();
                var turned = new float[stored.Length];
                for (var row = 0; row < rows; row++)
                {
                    for (var column = 0; column < columns; column++)
                        turned[(column * rows) + row] = stored[(row * columns) + column];
                }

                return new OnnxConstant(call.Compute([columns, rows], turned));
            case OnnxMap { IsFlat: false, ChannelSide: 3 } map when order is [0, 3, 1, 2]:
                return call.Pass(map with { ChannelSide = 1 });
            case OnnxMap { IsFlat: false, ChannelSide: 1 } map when order is [0, 2, 3, 1]:
                return call.Pass(map with { ChannelSide = 3 });
            default:
                throw call.Refuse($"turns axes round as {TensorShape.Describe((order ?? []).Take(8))}; only channels can be moved from the last place to the first and back");
        }
    }

    public static OnnxValue Shape(OnnxCall call)
    {
        if (call.Value(0) is OnnxConstant constant)
            return new OnnxShape([.. constant.Tensor.Sides.Select(side => (long?)side)]);
        var map = call.AnyMap(0);
        // How many pictures there are, nothing here depends on.
        return new OnnxShape(
            map.IsFlat ? [null, map.Channels * map.Height * map.Width]
            : map.ChannelSide == 1 ? [null, map.Channels, map.Height, map.Width]
            : [null, map.Height, map.Width, map.Channels]);
    }

    public static OnnxValue Gather(OnnxCall call)
    {
        var (shape, places) = (call.RequiredShape(0), call.RequiredShape(1));
        if (places.Any(place => place is null || place < -shape.Count || place >= shape.Count))
            throw call.Refuse($"gathers from places that a shape of {shape.Count} sides does not have");
        return new OnnxShape([.. places.Take(16).Select(place => shape[(int)((place!.Value + shape.Count) % shape.Count)])]);
    }

    public static OnnxValue Slice(OnnxCall call)
    {
        var shape = call.RequiredShape(0);
        var start = First(call.Shape(1) ?? Listed("starts"));
        var end = First(call.Shape(2) ?? Listed("ends"));
        if (call.Shape(4) is { } steps && First(steps) != 1)
            throw call.Refuse("takes every so many sides of a shape");
        return new OnnxShape([.. shape.Take(Place(end)).Skip(Place(start))]);

        int Place(long place) => (int)Math.Clamp(place < 0 ? Math.Max(place, -shape.Count) + shape.Count : place, 0, shape.Count);
        IReadOnlyList<long?> Listed(string attribute) => [.. (call.Integers(attribute) ?? []).Select(number => (long?)number)];
        long First(IReadOnlyList<long?> numbers) => numbers is [{ } number] ? number : throw call.Refuse("does not slice a shape");
    }

    private static bool IsSpatial(IReadOnlyList<int>? axes, OnnxMap map) =>
        axes is not null && axes.SequenceEqual(map.ChannelSide == 1 ? [2, 3] : (int[])[1, 2]);

    private static int[] Resolve(OnnxCall call, IReadOnlyList<long?> shape, IReadOnlyList<int> before)
    {
        var sides = shape.Select((side, place) => side == 0 && place < before.Count ? before[place] : side).ToArray();
        if (sides.Length > 8 || sides.Any(side => side is null or < -1 or > int.MaxValue) || sides.Count(side => side == -1) > 1)
            throw call.Refuse("gives a constant a shape that makes no sense");
        var count = before.Aggregate(1L, (product, side) => product * side);
        if (!TensorShape.TryCount(sides.Where(side => side != -1).Select(side => side!.Value), out var known))
            throw call.Refuse("gives a constant a shape that is too large");
        var open = known == 0 ? 0 : count / known;
        int[] resolved = [.. sides.Select(side => (int)(side == -1 ? open : side!.Value))];
        return resolved.Aggregate(1L, (product, side) => product * side) == count
            ? resolved
            : throw call.Refuse($"gives a constant of {count} numbers the shape {TensorShape.Describe(resolved)}");
    }
}
