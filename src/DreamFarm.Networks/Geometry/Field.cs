namespace DreamFarm.Networks;

/// <summary>How far a cell looks along one axis, in pixels (or, of a single operation, in cells of its input).</summary>
/// <param name="Before">How far before its origin.</param>
/// <param name="After">How far behind its origin.</param>
public readonly record struct Field(int Before, int After)
{
    /// <summary>
    /// How far the gradient at one pixel depends on others: a cell that looks at the pixel lies up to <see cref="After"/>
    /// before or <see cref="Before"/> behind it, and itself looks that far again the other way. Where a map was moved, by cells that
    /// were cut off or put before it, one of the two can be negative: a cell then looks beside its own place alone, and the way there counts.
    /// </summary>
    public int Reach => Math.Max(Before + After, Math.Max(Before, After));

    /// <summary>The field of a cell that looks at cells <paramref name="stride"/> apart by <paramref name="own"/>, each with a field like one of these.</summary>
    internal static Field Join(Field own, int stride, IEnumerable<Field> inputs)
    {
        var (before, after) = (int.MinValue, int.MinValue);
        foreach (var input in inputs)
            (before, after) = (Math.Max(before, input.Before), Math.Max(after, input.After));
        return checked(new Field(own.Before * stride + before, own.After * stride + after));
    }
}
