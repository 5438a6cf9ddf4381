namespace DreamFarm.Networks;

/// <summary>A callable or class that a pickle may name. Every other name is refused.</summary>
internal enum PickleGlobal
{
    OrderedDictionary,
    RebuildTensor,
    RebuildOldTensor,
    OldParameter,
    RebuildParameter,
    Float16Storage,
    BFloat16Storage,
    Float32Storage,
    Float64Storage,
    Integer8Storage,
    Integer16Storage,
    Integer32Storage,
    Integer64Storage,
}

/// <summary>A dictionary under construction. Its keys are text: others are refused.</summary>
internal sealed class PickleDictionary
{
    public Dictionary<string, object> Items { get; } = new(StringComparer.Ordinal);
}

/// <summary>A list under construction.</summary>
internal sealed class PickleList
{
    public List<object> Items { get; } = [];
}

/// <summary>Python's None.</summary>
internal sealed class PickleNone
{
    public static PickleNone Value { get; } = new();
}

/// <summary>Numbers in the archive's entry <c>data/{Key}</c>, or in the old layout's storage of that key.</summary>
internal sealed record PickleStorage(WeightElement Element, string Key, long Count);

/// <summary>A view of a storage: shape and strides in numbers, not bytes.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
