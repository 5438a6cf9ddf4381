using System.Diagnostics;
using System.Globalization;
using DreamFarm.Fuzz;

// make fuzz [INPUTS=1000000] [SEED=1] [TARGET=name]
int inputs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
string corpus = Path.Combine(AppContext.BaseDirectory, "corpus");
string found = Directory.CreateDirectory("artifacts/fuzz").FullName;
var targets = FuzzTargets.All.Where(target => args.Length < 3 || target.Name == args[2]).ToArray();
double shares = targets.Sum(target => target.Share);

int findings = 0, total = 0;
var all = Stopwatch.StartNew();
foreach (var target in targets)
{
    var run = new FuzzRun(target, corpus);
    int count = (int)Math.Ceiling(inputs * target.Share / shares);
    var watch = Stopwatch.StartNew();
    using var watchdog = new Timer(Watch, (run, target), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
    foreach (var finding in run.Replay().Concat(run.Run(count, seed)))
    {
        findings++;
        string path = Path.Combine(found, $"{target.Name}-{FuzzRun.NameOf(finding.Input)}");
        File.WriteAllBytes(path, finding.Input);
        Console.WriteLine($"{target.Name}: {finding.Text}\n    {path}");
    }
    total += count;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{target.Name,-12} {count,8} inputs in {watch.Elapsed.TotalSeconds,6:F1} s, at most {run.Hungriest:P0} of the allocation limit"));
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} inputs in {all.Elapsed.TotalSeconds:F0} s, {findings} findings"));
return findings == 0 ? 0 : 1;

// An input that has not ended between two looks hangs: nothing can be done but to keep it.
void Watch(object? state)
{
    var (run, target) = ((FuzzRun, IFuzzTarget))state!;
    byte[]? current = run.Current;
    if (current is null || !ReferenceEquals(current, Interlocked.Exchange(ref lastSeen, current)))
        return;
    string path = Path.Combine(found, $"{target.Name}-hang-{FuzzRun.NameOf(current)}");
    File.WriteAllBytes(path, current);
    Environment.FailFast($"{target.Name} hangs: {path}");
}

partial class Program
{
    private static byte[]? lastSeen;
}
