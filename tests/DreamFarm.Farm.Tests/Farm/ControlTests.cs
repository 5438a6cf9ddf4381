using System.Diagnostics;
using System.Text.Json;

namespace DreamFarm.Farm.Tests;

/// <summary>Commands to jobs on real processes, and clients that outlast a coordinator.</summary>
public sealed class ControlTests : IDisposable
{
    // Bytes of the gradients of two and a half steps.
    private const long SomeSteps = 5 * 6 * 357 * 286 / 2;

    private static readonly string[] Dream = ["--octaves", "2", "--steps", "5", "--layers", "3a", "--tile", "128", "--seed", "5"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_job_that_was_paused_cancelled_and_tried_again_gives_the_bytes_of_render()
    {
        await Picture.DrawAsync(_folder["in.png"], 500, 400);
        await using var gate = Gate.ForAnswers(SomeSteps);
        await using var farm = await FarmProcesses.StartAsync(_folder, gate);
        string id = (await farm.RunAsync(["submit", "in.png", "--priority", "3", .. Dream])).Output.Trim();
        await gate.ClosedAsync();

        Assert.Contains("not finished; cancel it first", (await farm.RunAsync("jobs", "delete", id)).Refusal());
        Assert.StartsWith($"job {id} is paused", (await farm.RunAsync("jobs", "pause", id)).Errors);
        await UntilAsync(async () => !(await ShowAsync(farm, id)).TryGetProperty("message", out _));
        // As soon as its last window is through.
        gate.Open();
        await UntilAsync(async () => !(await farm.RunAsync("workers", "list")).Output.Contains("busy", StringComparison.Ordinal));

        gate.Open(SomeSteps / 2);
        using (var resumed = JsonDocument.Parse((await farm.RunAsync("jobs", "resume", id, "--json")).Output))
            Assert.Matches("^(queued|running)$", resumed.RootElement.GetProperty("state").GetString());
        await gate.ClosedAsync();
        Assert.Equal(0, (await farm.RunAsync("jobs", "cancel", id)).ExitCode);
        await UntilAsync(async () => (await ShowAsync(farm, id)).GetProperty("state").GetString() == "cancelled");
        Assert.Contains("is cancelled; `jobs retry` starts it again", (await farm.RunAsync("jobs", "resume", id)).Refusal());
        gate.Open();
        Assert.Equal(0, (await farm.RunAsync("jobs", "retry", id)).ExitCode);
        var watched = await farm.RunAsync("jobs", "watch", id);
        Assert.True(watched.ExitCode == 0, watched.Errors);

        Assert.Equal(0, (await farm.RunAsync("jobs", "result", id, "-o", "farm.npy")).ExitCode);
        await AssertRenderedAsync("farm.npy");
        string shown = (await farm.RunAsync("jobs", "show", id)).Output;
        Assert.Matches(@"priority +3\b", shown);
        Assert.Matches(@"paused +local", shown);
        Assert.Matches(@"cancelling +local", shown);
        Assert.Matches(@"done +coordinator", shown);
        Assert.Equal("[]", (await farm.RunAsync("jobs", "list", "--unfinished", "--json")).Output.Trim());

        Assert.True(Directory.Exists(_folder[$"data/jobs/{id}"]));
        Assert.Equal($"job {id} is deleted\n", (await farm.RunAsync("jobs", "delete", id)).Errors);
        Assert.Equal(0, (await farm.RunAsync("jobs", "delete", id)).ExitCode);
        Assert.False(Directory.Exists(_folder[$"data/jobs/{id}"]));
        Assert.Contains("there is no job", (await farm.RunAsync("jobs", "show", id)).Refusal());
    }

    [Fact]
    public async Task Whoever_waits_for_a_job_outlasts_a_coordinator_that_is_killed_and_started_again()
    {
        await Picture.DrawAsync(_folder["in.png"], 500, 400);
        await using var gate = Gate.ForAnswers(SomeSteps);
        await using var farm = await FarmProcesses.StartAsync(_folder, gate);
        using var submit = farm.Start(["submit", "in.png", "-o", "farm.npy", .. Dream]);
        string id = (await submit.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
        await gate.ClosedAsync();
        // It watches by now.
        Assert.NotNull(await submit.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));

        await farm.ReplaceCoordinatorAsync();
        gate.Open();
        var run = await DreamfarmRun.EndOfAsync(submit);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("the connection to the coordinator is lost; trying again for 2 minutes, Ctrl-C ends it", run.Errors);
        Assert.Contains("the coordinator answers again", run.Errors);
        await AssertRenderedAsync("farm.npy");
        Assert.Matches(@"queued +coordinator +the coordinator was restarted", (await farm.RunAsync("jobs", "show", id)).Output);
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_repeated_and_makes_one_job()
    {
        await Picture.DrawAsync(_folder["in.png"], 120, 90);
        await using var farm = await FarmProcesses.StartAsync(_folder);
        await using var proxy = new CuttingProxy(farm.Url, () => Directory.EnumerateDirectories(_folder["data/jobs"]).Any());
        var run = await DreamfarmRun.InAsync(_folder.FullName, "submit", "in.png", "--coordinator", proxy.Url);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(1, proxy.Cuts);
        using var jobs = JsonDocument.Parse((await farm.RunAsync("jobs", "list", "--json")).Output);
        Assert.Equal(run.Output.Trim(), Assert.Single(jobs.RootElement.EnumerateArray().ToArray()).GetProperty("id").GetString());
        Assert.Single(Directory.EnumerateDirectories(_folder["data/jobs"]));
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_is_repeated()
    {
        await Picture.DrawAsync(_folder["in.png"], 120, 90);
        var run = await DreamfarmRun.InAsync(_folder.FullName, "submit", "in.png", "--coordinator", "http://127.0.0.1:9");
        Assert.StartsWith("no coordinator answers at http://127.0.0.1:9", run.Refusal());
        Assert.DoesNotContain("trying again", run.Errors);
        Assert.Equal("--priority must be -100 to 100, not \"high\"",
            (await DreamfarmRun.InAsync(_folder.FullName, "submit", "in.png", "--priority", "high")).Refusal());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task AssertRenderedAsync(string file)
    {
        var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder[file], TestContext.Current.CancellationToken));
    }

    private static async Task<JsonElement> ShowAsync(FarmProcesses farm, string id)
    {
        var shown = await farm.RunAsync("jobs", "show", id, "--json");
        Assert.True(shown.ExitCode == 0, shown.Errors);
        using var document = JsonDocument.Parse(shown.Output);
        return document.RootElement.Clone();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "waited in vain");
    }
}
