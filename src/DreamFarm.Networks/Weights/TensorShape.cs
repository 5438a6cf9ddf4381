namespace DreamFarm.Networks;

/// <summary>Shapes as files claim them: nothing about them can be trusted yet.</summary>
internal static class TensorShape
{
    /// <summary>The product of the sides, unless it overflows or a side is negative.</summary>
    public static bool TryCount(IEnumerable<long> shape, out long count)
    {
        count = 1;
        foreach (var side in shape)
        {
            if (side < 0 || (count != 0 && side > long.MaxValue / count))
                return false;
            count *= side;
        }

        return true;
    }

    /// <summary><c>[24, 3, 7, 7]</c>.</summary>
    public static string Describe<T>(IEnumerable<T> shape) => $"[{string.Join(", ", shape)}]";
}
