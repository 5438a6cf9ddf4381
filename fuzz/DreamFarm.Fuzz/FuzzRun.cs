using System.Diagnostics;
using System.Security.Cryptography;

namespace DreamFarm.Fuzz;

/// <summary>Feeds a target. The same seed gives the same inputs, on every machine.</summary>
internal sealed class FuzzRun
{
    // A machine that is busy elsewhere does not make a parser slow: the clock is believed the third time.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private readonly IFuzzTarget _target;
    private readonly byte[][] _seeds;
    private readonly Mutator _mutator;

    /// <param name="target">What is fed.</param>
    /// <param name="corpus">Folder with a folder of seeds for each target.</param>
    public FuzzRun(IFuzzTarget target, string corpus)
    {
        _target = target;
        string folder = Path.Combine(corpus, target.Name);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
        _seeds = [.. target.Seeds, .. files];
        _mutator = new Mutator(_seeds, target.Words);
    }

    /// <summary>The input that is being parsed, for whoever finds that it does not end.</summary>
    public byte[]? Current { get; private set; }

    /// <summary>The input that has allocated the most for its length, in parts of its limit.</summary>
    public double Hungriest { get; private set; }

    /// <summary>Every seed as it is.</summary>
    /// <returns>Findings.</returns>
    public IEnumerable<Finding> Replay() => _seeds.Select(Try).OfType<Finding>();

    /// <summary>Mutations of the seeds.</summary>
    /// <returns>Findings, one of each kind.</returns>
    public IEnumerable<Finding> Run(int inputs, int seed)
    {
        var random = new Random(seed);
        var known = new HashSet<string>();
        for (int i = 0; i < inputs; i++)
        {
            byte[] input = _target.Build(random, _mutator, _seeds[random.Next(_seeds.Length)]);
            if (Try(input) is { } finding && known.Add(finding.Kind))
                yield return finding;
        }
    }

    private Finding? Try(byte[] input)
    {
        for (int times = 1; ; times++)
        {
            Current = input;
            long before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            try
            {
                _target.Run(input);
            }
            catch (Exception e)
            {
                string place = e.StackTrace?.Split('\n', 2)[0].Trim() ?? "";
                return new Finding(_target.Name, $"{e.GetType().Name} {place}", $"{e.GetType().Name}: {e.Message} {place}", input);
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long limit = _target.AllocationLimit(input.Length);
            Hungriest = Math.Max(Hungriest, (double)allocated / limit);
            // A first run fills caches and is compiled.
            if (watch.Elapsed < Slow && allocated <= limit)
                return null;
            if (times == 3)
                return watch.Elapsed >= Slow
                    ? new Finding(_target.Name, "slow", $"{input.Length} bytes took {watch.Elapsed.TotalSeconds:F1} s", input)
                    : new Finding(_target.Name, "allocation", $"{input.Length} bytes allocated {allocated}, over the limit of {limit}", input);
        }
    }

    /// <summary>A name for an input's file.</summary>
    public static string NameOf(byte[] input) => Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 6));
}
