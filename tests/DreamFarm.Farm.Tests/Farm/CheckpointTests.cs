using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator that ends in the middle of a job, and one that goes on with it.</summary>
public sealed partial class CheckpointTests : IDisposable
{
    private const int Steps = 5;

    // A gradient has 6 bytes a pixel of its octave. What the messages have besides is far less than half a step.
    private const long FirstOctave = Steps * 6 * 229 * 171, Step = 6 * 320 * 240;

    private readonly TestFolder _folder = new();
    private readonly string[] _dream = ["--octaves", "2", "--steps", $"{Steps}", "--layers", "4a", "--tile", "64"];

    [Theory]
    [InlineData("4a")]
    [InlineData("4a[strongest 3],3b[weakest 5 once]:-0.5")]
    public async Task A_coordinator_killed_in_the_middle_of_a_step_loses_at_most_what_came_after_the_last_checkpoint_and_no_bit(string layers)
    {
        _dream[5] = layers;
        byte[] expected = await RenderAsync();
        await using var gate = Gate.ForAnswers(FirstOctave + 5 * Step / 2);
        await using var farm = await FarmProcesses.StartAsync(_folder, gate, "--checkpoint-seconds", "1");
        string id = await SubmitAsync(farm);
        // The third step of the second octave takes longer than the period, so it is kept; the fifth one never ends.
        await gate.ClosedAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        gate.Open(2 * Step);
        await gate.ClosedAsync();
        await UntilAsync(() => Task.FromResult(Newest(id) is (1, _)));
        farm.Coordinator.Kill();
        await farm.Coordinator.WaitForExitAsync(TestContext.Current.CancellationToken);
        await GoOnAsync(farm, gate, id, Newest(id), expected);
    }

    [Fact]
    public async Task A_coordinator_told_to_end_keeps_its_jobs_as_they_are()
    {
        byte[] expected = await RenderAsync();
        await using var gate = Gate.ForAnswers(FirstOctave + 5 * Step / 2);
        await using var farm = await FarmProcesses.StartAsync(_folder, gate, "--checkpoint-seconds", "3600");
        string id = await SubmitAsync(farm);
        await gate.ClosedAsync();
        (int Octave, int Steps) done = default;
        await UntilAsync(async () => (done = await DoneAsync(farm, id)).CompareTo((1, 1)) >= 0);
        DreamfarmRun.Send(farm.Coordinator, Signal.Terminate);
        await farm.Coordinator.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.Equal(0, farm.Coordinator.ExitCode);
        Assert.True(Newest(id).CompareTo(done) >= 0, $"{done} was done, {Newest(id)} was kept");
        await GoOnAsync(farm, gate, id, done, expected);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "waited in vain");
    }

    /// <summary>Octave and steps of a running job, as <c>jobs show</c> tells them.</summary>
    private static async Task<(int Octave, int Steps)> DoneAsync(FarmProcesses farm, string id)
    {
        var run = await farm.RunAsync("jobs", "show", id, "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        using var job = JsonDocument.Parse(run.Output);
        Assert.Equal("running", job.RootElement.GetProperty("state").GetString());
        var progress = job.RootElement.GetProperty("progress");
        return (progress.GetProperty("octave").GetInt32(), progress.GetProperty("step").GetInt32() + 1);
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

    /// <summary>Starts another coordinator, with which the job goes on from where it was kept, to its end.</summary>
    private async Task GoOnAsync(FarmProcesses farm, Gate gate, string id, (int Octave, int Steps) kept, byte[] expected)
    {
        await farm.ReplaceCoordinatorAsync();
        gate.Open();
        await farm.ListeningAsync();
        var watched = await farm.RunAsync("jobs", "watch", id);
        Assert.True(watched.ExitCode == 0, watched.Errors);
        var fetched = await farm.RunAsync("jobs", "result", id, "-o", "farm.npy");
        Assert.True(fetched.ExitCode == 0, fetched.Errors);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(_folder[$"data/jobs/{id}/checkpoints"]));

        var told = GoesOn().Match((await farm.RunAsync("jobs", "show", id)).Output);
        Assert.True(told.Success, "it began anew");
        var found = (int.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1, int.Parse(told.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        Assert.True(found.CompareTo(kept) >= 0, $"{kept} was kept, {found} was found");
    }

    private async Task<byte[]> RenderAsync()
    {
        await Picture.DrawAsync(_folder["in.png"], 320, 240);
        var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. _dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        return await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"it goes on from octave ([0-9]+) after ([0-9]+) steps")]
    private static partial Regex GoesOn();
}
