namespace DreamFarm.Fuzz;

/// <summary>Something that parses bytes from outside.</summary>
internal interface IFuzzTarget
{
    /// <summary>Its name, and that of its folder in the corpus.</summary>
    string Name { get; }

    /// <summary>Its part of all inputs of a run.</summary>
    int Share { get; }

    /// <summary>Inputs that it accepts, or nearly, for the mutations to begin with.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Words of its language.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>The most that parsing an input may allocate, bytes.</summary>
    long AllocationLimit(int length) => (1 << 20) + 256L * length;

    /// <summary>An input that random bytes would hardly hit upon: right in its outer layers, and wrong within.</summary>
    byte[] Build(Random random, Mutator mutator, byte[] seed) => mutator.Mutate(random, seed);

    /// <summary>Parses. Whatever it throws is a finding: a target catches what its parser's documentation names.</summary>
    void Run(byte[] input);
}
