using DreamFarm.Protocol.Specs;
using DreamFarm.Protocol.V1;
using Google.Protobuf;
using Size = DreamFarm.Dreaming.Size;

namespace DreamFarm.Fuzz;

/// <summary>A spec as a client sends it.</summary>
internal sealed class SpecTarget : IFuzzTarget
{
    private static readonly Size Input = new(480, 640);

    public string Name => "spec";

    public int Share => 20;

    public IEnumerable<byte[]> Seeds =>
    [
        new Spec().ToByteArray(),
        new Spec { Network = "motif", Layers = "3a:1,4a:-0.5", Octaves = 3, Steps = 2, OctaveScale = 1.5, StepSize = 0.1, Seed = 7 }.ToByteArray(),
        new Spec { Tile = 64, Context = new Context { Pixels = 32 }, MaxRoll = 0, OutputSize = new Protocol.V1.Size { Width = 3000, Height = 2000 } }.ToByteArray(),
        new Spec { Network = "motif", Objective = "mean(3a[1,4-6]):0.5,l2,tv:0.1", Layers = "4a[strongest 3]:2" }.ToByteArray(),
        new Spec { Network = "motif", Objective = "guide(3a)", GuideSha256 = new string('b', 64) }.ToByteArray(),
        new Spec { Network = "squeezenet", WeightsSha256 = new string('a', 64), Scale = 3, Mixed = true, Context = new Context { Exact = true } }.ToByteArray(),
    ];

    public IReadOnlyList<string> Words => ["motif", "squeezenet", "3a", "4a:0.5", "fire8", ",", ":"];

    public byte[] Build(Random random, Mutator mutator, byte[] seed)
    {
        if (random.Next(2) == 0)
            return mutator.Mutate(random, seed);
        // A message that parses, with numbers that may be anything.
        var spec = Spec.Parser.ParseFrom(random.Next(4) == 0 ? [] : new Spec { Network = "motif", Layers = "3a" }.ToByteArray());
        for (int fields = random.Next(1, 6); fields > 0; fields--)
            switch (random.Next(12))
            {
                case 0: spec.Octaves = Number(random); break;
                case 1: spec.Steps = Number(random); break;
                case 2: spec.Tile = Number(random); break;
                case 3: spec.MaxRoll = Number(random); break;
                case 4: spec.Context = new Context { Pixels = Number(random) }; break;
                case 5: spec.OutputSize = new Protocol.V1.Size { Width = Number(random), Height = Number(random) }; break;
                case 6: spec.Scale = Real(random); break;
                case 7: spec.OctaveScale = Real(random); break;
                case 8: spec.StepSize = Real(random); break;
                case 9: spec.LayersObjective = (Objective)Number(random); break;
                case 11: spec.ResultSize = random.Next(3) == 0 ? new ResultSize { Input = true } : new ResultSize { Pixels = new Protocol.V1.Size { Width = Number(random), Height = Number(random) } }; break;
                case 10: spec.OctaveMode = (Protocol.V1.OctaveMode)Number(random); break;
            }
        return spec.ToByteArray();
    }

    public void Run(byte[] input)
    {
        Spec spec;
        try
        {
            spec = Spec.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException)
        {
            return;
        }
        if (SpecReader.TryRead(spec, Input, out var plan, out string? problem) == (plan is null) || (plan is null) == (problem is null))
            throw new InvalidOperationException("neither a plan nor a problem, or both");
    }

    private static int Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(-2, 70),
        1 => (1 << random.Next(31)) + random.Next(-1, 2),
        2 => random.Next(int.MinValue, int.MaxValue),
        _ => 16 * random.Next(1, 1000),
    };

    private static double Real(Random random) => random.Next(4) switch
    {
        0 => random.NextDouble() * 4,
        1 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => Math.ScaleB(1, random.Next(-1074, 1024)),
        _ => new[] { 0, -0.0, 1, double.NaN, double.PositiveInfinity, double.Epsilon, 1 + 1e-15 }[random.Next(7)],
    };
}
