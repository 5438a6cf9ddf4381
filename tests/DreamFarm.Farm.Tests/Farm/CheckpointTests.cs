using System.Diagnostics;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator that ends in the middle of a job, and one that goes on with it.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string[] _dream = ["--octaves", "2", "--steps", "8", "--layers", "4a", "--tile", "128"];

    [Theory]
    [InlineData("4a")]
    [InlineData("4a[strongest 3],3b[weakest 5 once]:-0.5")]
    public async Task A_coordinator_killed_in_the_middle_of_a_step_loses_at_most_what_came_after_the_last_checkpoint_and_no_bit(string layers)
    {
        _dream[5] = layers;
        byte[] expected = await RenderAsync();
        await using var farm = await FarmProcesses.StartAsync(_folder, ["--checkpoint-seconds", "1"], 1);
        string id = await SubmitAsync(farm);
        await UntilAsync(() => Task.FromResult(Newest(id) is (1, _)));
        farm.Coordinator.Kill();
        await farm.Coordinator.WaitForExitAsync(TestContext.Current.CancellationToken);
        var kept = Newest(id);

        await farm.ReplaceCoordinatorAsync();
        (int Octave, int Steps) found = default;
        await UntilAsync(async () => (found = await DoneAsync(farm, id)) != default);
        Assert.True(found.CompareTo(kept) >= 0, $"{kept} was kept, {found} was found");
        await EndAsync(farm, id, expected);
    }

    [Fact]
    public async Task A_coordinator_told_to_end_keeps_its_jobs_as_they_are()
    {
        byte[] expected = await RenderAsync();
        await using var farm = await FarmProcesses.StartAsync(_folder, ["--checkpoint-seconds", "3600"], 1);
        string id = await SubmitAsync(farm);
        (int Octave, int Steps) done = default;
        await UntilAsync(async () => (done = await DoneAsync(farm, id)).CompareTo((1, 1)) >= 0);
        await DreamfarmRun.SignalAsync(farm.Coordinator, "TERM");
        await farm.Coordinator.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.Equal(0, farm.Coordinator.ExitCode);
        Assert.True(Newest(id).CompareTo(done) >= 0, $"{done} was done, {Newest(id)} was kept");
        await farm.ReplaceCoordinatorAsync();
        await UntilAsync(async () => await DoneAsync(farm, id) != default);
        await EndAsync(farm, id, expected);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "waited in vain");
    }

    /// <summary>Octave and steps of a running job, as <c>jobs show</c> tells them; (0, 0) while it does not run.</summary>
    private static async Task<(int Octave, int Steps)> DoneAsync(FarmProcesses farm, string id)
    {
        var run = await farm.RunAsync("jobs", "show", id, "--json");
        if (run.ExitCode != 0)
            return default;
        var job = JsonDocument.Parse(run.Output).RootElement;
        string state = job.GetProperty("state").GetString()!;
        Assert.True(state is "running" or "queued", run.Output);
        return job.TryGetProperty("progress", out var progress)
            ? (Math.Max(0, progress.GetProperty("octave").GetInt32()), progress.GetProperty("step").GetInt32() + 1)
            : default;
    }

    /// <summary>Octave and steps of the newest checkpoint that is whole; (0, 0) if there is none.</summary>
    private (int Octave, int Steps) Newest(string id)
    {
        string folder = _folder[$"data/jobs/{id}/checkpoints"];
        if (!Directory.Exists(folder))
            return default;
        return Directory.GetDirectories(folder)
            .Where(checkpoint => File.Exists(Path.Combine(checkpoint, "manifest.json")))
            .Select(checkpoint => Path.GetFileName(checkpoint).Split('-'))
            .Select(parts => (int.Parse(parts[0]), int.Parse(parts[1])))
            .DefaultIfEmpty()
            .Max();
    }

    private async Task<string> SubmitAsync(FarmProcesses farm)
    {
        var submitted = await farm.RunAsync(["submit", "in.png", .. _dream]);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        return submitted.Output.Trim();
    }

    private async Task EndAsync(FarmProcesses farm, string id, byte[] expected)
    {
        var watched = await farm.RunAsync("jobs", "watch", id);
        Assert.True(watched.ExitCode == 0, watched.Errors);
        var fetched = await farm.RunAsync("jobs", "result", id, "-o", "farm.npy");
        Assert.True(fetched.ExitCode == 0, fetched.Errors);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(_folder[$"data/jobs/{id}/checkpoints"]));
    }

    private async Task<byte[]> RenderAsync()
    {
        await Picture.DrawAsync(_folder["in.png"], 640, 480);
        var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. _dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        return await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken);
    }
}
