using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

/// <summary>
/// Jobs of two owners on a farm on which everything goes wrong, by a schedule that follows from a seed. The long form:
/// <c>make soak</c>, which sets DREAMFARM_FAULTS.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Workers = 3;

    // Until pools are as large as they become: turns of all artists, and tiles that each worker has computed.
    private const int WarmTurns = 2;
    private const int WarmTiles = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly string[] Dream = ["--octaves", "2", "--steps", "5", "--layers", "4a", "--tile", "64"];

    private static readonly int Faults = Setting("DREAMFARM_FAULTS", 20);

    private static readonly int MeasuredTurns = Math.Clamp(Faults / 5, 1, 20);

    private static readonly int Seed = Setting("DREAMFARM_SEED", 1);

    [Fact]
    public Task Whatever_dies_every_accepted_job_ends_once_with_the_bytes_of_an_undisturbed_run() => SufferAsync(FarmSecurity.Plain);

    [Fact]
    public Task Over_TLS_bits_may_flip_everywhere_too() => SufferAsync(FarmSecurity.WithTls);

    private async Task SufferAsync(Func<string, FarmSecurity> secure)
    {
        using var folder = new TestFolder();
        var artists = new List<Artist>();
        foreach (var (owner, width, height) in ((string, int, int)[])[("alice", 240, 180), ("alice", 320, 96), ("bob", 400, 300)])
            artists.Add(await Artist.PrepareAsync(folder, owner, $"{artists.Count}", width, height));

        await using var farm = await FaultyFarm.StartAsync(folder.FullName, secure(folder.FullName), Workers, Seed);
        foreach (var kind in Enum.GetValues<FaultKind>().Except(farm.Kinds))
            output.WriteLine($"{kind} is left out: it cannot be made here");
        using var over = new CancellationTokenSource();
        var dreaming = artists.Select(artist => artist.WorkAsync(farm, over.Token)).ToArray();
        try
        {
            await JobsRunAsync(farm);
            foreach (var fault in Fault.Schedule(Seed, Faults, farm.Kinds, Workers))
            {
                await Task.Delay(fault.After, TestContext.Current.CancellationToken);
                Assert.All(dreaming, task => Assert.False(task.IsFaulted, $"{task.Exception?.InnerException?.Message}"));
                output.WriteLine($"{DateTime.UtcNow:HH:mm:ss.f} {fault.Kind} {fault.Target} for {fault.Lasts.TotalSeconds:0.0} s");
                await farm.SufferAsync(fault, TestContext.Current.CancellationToken);
                Assert.Null(farm.Crash);
            }
        }
        catch
        {
            output.WriteLine(string.Join('\n', farm.Complaints()));
            throw;
        }
        finally
        {
            await over.CancelAsync();
        }
        await EndAsync(farm, Task.WhenAll(dreaming));
        output.WriteLine($"{artists.Sum(artist => artist.Accepted.Count)} jobs, {farm.Proxies.Sum(proxy => proxy.Damaged)} bits flipped and streams cut short");

        Assert.Null(farm.Crash);
        await NothingIsLeftAsync(farm, [.. artists.SelectMany(artist => artist.Accepted)]);
        await NothingGrowsAsync(farm, artists);
    }

    /// <summary>Waits for the last jobs, unless nobody is there any more to end them.</summary>
    private static async Task EndAsync(FaultyFarm farm, Task dreams)
    {
        for (var waited = Stopwatch.StartNew(); !dreams.IsCompleted; await Task.WhenAny(dreams, Task.Delay(200, TestContext.Current.CancellationToken)))
        {
            Assert.Null(farm.Crash);
            Assert.True(waited.Elapsed < Patience, "the last jobs do not end");
        }
        await dreams;
    }

    /// <summary>Waits until there is something to disturb.</summary>
    private static async Task JobsRunAsync(FaultyFarm farm)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(200, TestContext.Current.CancellationToken))
        {
            Assert.True(waited.Elapsed < Patience, "no job began");
            var listed = await farm.RunAsync("jobs", "list");
            if (listed.Output.Contains(" running ", StringComparison.Ordinal))
                return;
        }
    }

    private async Task NothingIsLeftAsync(FaultyFarm farm, string[] accepted)
    {
        var listed = await farm.RunAsync("jobs", "list", "--json");
        Assert.True(listed.ExitCode == 0, listed.Errors);
        var jobs = JsonDocument.Parse(listed.Output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(accepted.Order(), jobs.Select(job => job.GetProperty("id").GetString()!).Order());
        Assert.All(jobs, job => Assert.Equal("done", job.GetProperty("state").GetString()));

        // What a client that was cut off has left goes when the coordinator has noticed.
        string temporary = Path.Combine(farm.DataFolder, "temporary");
        for (var waited = Stopwatch.StartNew(); Directory.EnumerateFileSystemEntries(temporary).Any() && waited.Elapsed < Patience;)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
        Assert.Equal(accepted.Order(), Directory.EnumerateDirectories(Path.Combine(farm.DataFolder, "jobs")).Select(Path.GetFileName).Order()!);
        Assert.All(accepted, id => Assert.Empty(Directory.EnumerateFiles(Path.Combine(farm.DataFolder, "jobs", id), "*.part", SearchOption.AllDirectories)));
    }

    /// <summary>Undisturbed, the processes' files and memory stay what they are from job to job.</summary>
    private async Task NothingGrowsAsync(FaultyFarm farm, List<Artist> artists)
    {
        // One that was quarantined, or is not reached again yet, would grow later.
        var waited = Stopwatch.StartNew();
        for (int turn = 0; turn < WarmTurns || !await AllComputeAsync(farm); turn++)
        {
            Assert.True(waited.Elapsed < Patience, "not all workers have computed since");
            await Task.WhenAll(artists.Select(artist => artist.WorkAsync(farm, 1)));
        }
        var before = farm.Processes.Select(Resources.Of).ToArray();
        await Task.WhenAll(artists.Select(artist => artist.WorkAsync(farm, MeasuredTurns)));
        var after = farm.Processes.Select(Resources.Of).ToArray();
        output.WriteLine($"coordinator and workers before {string.Join(", ", before)} and after {string.Join(", ", after)}");
        for (int i = 0; i < before.Length; i++)
        {
            Assert.InRange(after[i].Files, 1, before[i].Files + 30);
            Assert.InRange(after[i].Megabytes, 1, before[i].Megabytes + 150);
        }
    }

    private static async Task<bool> AllComputeAsync(FaultyFarm farm)
    {
        var listed = await farm.RunAsync("workers", "list", "--json");
        Assert.True(listed.ExitCode == 0, listed.Errors);
        using var workers = JsonDocument.Parse(listed.Output);
        return workers.RootElement.EnumerateArray().Count(worker =>
            worker.GetProperty("state").GetString() is "idle" or "busy" && worker.GetProperty("tilesDone").GetInt64() >= WarmTiles) == Workers;
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : usual;

    private sealed record Resources(int Files, long Megabytes)
    {
        public static Resources Of(Process process)
        {
            process.Refresh();
            return new Resources(Directory.EnumerateFiles($"/proc/{process.Id}/fd").Count(), process.WorkingSet64 >> 20);
        }

        public override string ToString() => $"{Files} files {Megabytes} MB";
    }

    /// <summary>Submits the same dream again and again, as long as the farm suffers.</summary>
    private sealed class Artist
    {
        private readonly TestFolder _folder;
        private readonly string _owner;
        private readonly string _name;
        private readonly byte[] _expected;

        private Artist(TestFolder folder, string owner, string name, byte[] expected) => (_folder, _owner, _name, _expected) = (folder, owner, name, expected);

        public static async Task<Artist> PrepareAsync(TestFolder folder, string owner, string name, int width, int height)
        {
            await Picture.DrawAsync(folder[$"{name}.png"], width, height);
            var rendered = await DreamfarmRun.InAsync(folder.FullName, ["render", $"{name}.png", "-o", $"{name}.npy", .. Dream]);
            Assert.True(rendered.ExitCode == 0, rendered.Errors);
            return new Artist(folder, owner, name, await File.ReadAllBytesAsync(folder[$"{name}.npy"], TestContext.Current.CancellationToken));
        }

        /// <summary>The jobs that were accepted.</summary>
        public List<string> Accepted { get; } = [];

        public async Task WorkAsync(FaultyFarm farm, CancellationToken over)
        {
            while (!over.IsCancellationRequested)
                await DreamAsync(farm);
        }

        public async Task WorkAsync(FaultyFarm farm, int turns)
        {
            for (int turn = 0; turn < turns; turn++)
                await DreamAsync(farm);
        }

        private async Task DreamAsync(FaultyFarm farm)
        {
            string output = $"{_name}-dream.npy";
            using var submit = farm.StartClient(_owner, ["submit", $"{_name}.png", "-o", output, .. Dream]);
            var run = await DreamfarmRun.EndOfAsync(submit);
            string id = run.Output.Trim();
            if (id.Length == 0)
            {
                // Refused, and told so: the only ways are a disk that is full and a farm that stayed away.
                Assert.NotEqual(0, run.ExitCode);
                Assert.Contains("dreamfarm: ", run.Errors);
                return;
            }
            Accepted.Add(id);
            // A client that was cut off for long gives up; its job does not.
            for (var waited = Stopwatch.StartNew(); run.ExitCode != 0; run = await FetchAsync(farm, id, output))
                Assert.True(waited.Elapsed < Patience, $"job {id}: {run.Errors}");
            byte[] dreamt = await File.ReadAllBytesAsync(_folder[output], CancellationToken.None);
            Assert.True(_expected.AsSpan().SequenceEqual(dreamt), $"job {id} has other bytes");
            File.Delete(_folder[output]);
        }

        private async Task<DreamfarmRun> FetchAsync(FaultyFarm farm, string id, string output)
        {
            using var watch = farm.StartClient(_owner, "jobs", "watch", id);
            var watched = await DreamfarmRun.EndOfAsync(watch);
            using var result = farm.StartClient(_owner, "jobs", "result", id, "-o", output);
            var run = await DreamfarmRun.EndOfAsync(result);
            return run with { Errors = watched.Errors + run.Errors };
        }
    }
}
