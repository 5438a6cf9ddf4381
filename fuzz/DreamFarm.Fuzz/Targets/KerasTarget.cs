using DreamFarm.Networks;

namespace DreamFarm.Fuzz;

/// <summary>An .h5 of Keras. PureHDF reads its structure; what is tried is that nothing it is led to gets out.</summary>
internal sealed class KerasTarget : IFuzzTarget
{
    private const int LengthBytes = 8;

    public string Name => "h5";

    public int Share => 10;

    public IEnumerable<byte[]> Seeds => [];

    public IReadOnlyList<string> Words =>
    [
        "TREE", "HEAP", "SNOD", "GCOL", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN", "layer_names", "weight_names", "model_weights", "conv2d_7", "kernel:0", "/", ".",
        "\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000", "\u0010\u0000\u0010\u0000",
    ];

    // PureHDF makes room for what a length says before it reads that much: up to the limit of this program's memory, twice as there are two runs.
    public long AllocationLimit(int length) => 2L << 30;

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        if (random.Next(3) == 0)
            return mutator.Mutate(random, seed);

        // Most of a small HDF5 file is room left free. Addresses lead to other places of the file, or back to where they stand.
        int[] told = [.. Enumerable.Range(0, seed.Length).Where(at => seed[at] != 0)];
        byte[] input = [.. seed];
        for (int changes = 1 << random.Next(3); changes > 0; changes--)
        {
            int at = Place();
            var target = input.AsSpan(at, Math.Min(LengthBytes, input.Length - at));
            switch (random.Next(6))
            {
                case 0:
                    input[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    input[at] = (byte)random.Next(256);
                    break;
                case 2:
                    var other = input.AsSpan(Place());
                    other[..Math.Min(target.Length, other.Length)].ToArray().CopyTo(target);
                    break;
                case 3:
                    BitConverter.GetBytes((long)Place()).AsSpan(0, target.Length).CopyTo(target);
                    break;
                case 4:
                    BitConverter.GetBytes((long)at & ~7L).AsSpan(0, target.Length).CopyTo(target);
                    break;
                default:
                    target[..random.Next(1, target.Length + 1)].Fill((byte)(random.Next(2) * 255));
                    break;
            }
        }
        return input;

        int Place() => random.Next(8) == 0 ? random.Next(input.Length) : told[random.Next(told.Length)];
    }

    public void Run(byte[] input)
    {
        using var bytes = new MemoryWeightBytes("input", input);
        try
        {
            var variables = KerasReader.Read(bytes);
            using var numbers = new KerasNumbers(bytes);
            foreach (var (variable, i) in variables.Select((variable, i) => (variable, i)))
                numbers.Add($"{i}", variable).ToArray();
        }
        catch (WeightsException)
        {
            // One sentence, as documented.
        }
        // As a whole network none of these small files passes.
        WeightsInput.Read(input, portableOnly: false);
    }
}
