using DreamFarm.Networks;

namespace DreamFarm.Fuzz.Tests;

/// <summary>What the fuzzer once found stays fixed, and a short run finds nothing new; `make fuzz` is the long one.</summary>
public class FuzzTests
{
    private static string Corpus => Path.Combine(AppContext.BaseDirectory, "corpus");

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_seed_is_parsed_or_refused(string name) =>
        Assert.Empty(Describe(new FuzzRun(Find(name), Corpus).Replay()));

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_short_run_finds_nothing(string name) =>
        Assert.Empty(Describe(new FuzzRun(Find(name), Corpus).Run(inputs: 1000, seed: 1)));

    [Fact]
    public void Weights_begin_as_files_that_are_accepted()
    {
        foreach (byte[] seed in new SafetensorsTarget().Seeds.Concat(new PyTorchTarget().Seeds).Concat(new OnnxTarget().Seeds).Concat(new OldPyTorchTarget().Seeds).Concat(new CaffeTarget().Seeds))
            WeightFile.Open(new MemoryWeightBytes("seed", seed)).Dispose();
    }

    [Fact]
    public void A_parser_that_fails_is_found()
    {
        var run = new FuzzRun(new BrokenTarget(), Corpus);
        Assert.Equal(["FormatException", "allocation"], run.Run(inputs: 2000, seed: 1).Select(finding => finding.Kind.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static IFuzzTarget Find(string name) => FuzzTargets.All.Single(target => target.Name == name);

    private static IEnumerable<string> Describe(IEnumerable<Finding> findings) =>
        findings.Select(finding => $"{finding.Text}: {Convert.ToBase64String(finding.Input)}");

    /// <summary>Breaks and gorges.</summary>
    private sealed class BrokenTarget : IFuzzTarget
    {
        public string Name => "broken";

        public int Share => 1;

        public IEnumerable<byte[]> Seeds => ["seed"u8.ToArray()];

        public IReadOnlyList<string> Words => ["word"];

        public void Run(byte[] input)
        {
            if (input.Length > 100)
                GC.KeepAlive(new byte[2 << 20]);
            if (input.AsSpan().IndexOf("word"u8) > 0)
                throw new FormatException("no");
        }
    }
}
