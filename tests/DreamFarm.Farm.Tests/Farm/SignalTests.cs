using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>What real processes make of signals, of clients that vanish, and of farms without workers.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    private static readonly string[] Dream = ["--octaves", "1", "--steps", "2", "--layers", "4a", "--tile", "256"];

    // It never ends by itself. A step takes some seconds, and each of its windows some tenths of one.
    private static readonly string[] LongDream = ["--octaves", "1", "--steps", "10000", "--layers", "4a", "--tile", "128"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_worker_told_to_end_finishes_what_it_holds_and_leaves_with_0()
    {
        await Picture.DrawAsync(_folder["in.png"], 480, 360);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);
        string id = (await farm.RunAsync(["submit", "in.png", .. LongDream])).Output.Trim();
        await HoldingAsync(farm);
        var leaving = farm.Workers.First();
        DreamfarmRun.Send(leaving, Signal.Terminate);
        await leaving.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Equal(0, leaving.ExitCode);

        // It is gone from the list, and nothing was computed in vain.
        string[] workers = [.. (await farm.RunAsync("workers", "list")).Output.Split('\n').Where(line => line.StartsWith("w-", StringComparison.Ordinal))];
        Assert.Equal("0", Assert.Single(workers).Split("  ", StringSplitOptions.RemoveEmptyEntries)[7].Trim());
        // A tile that nobody has would hold up its step for ever.
        int step = await farm.StepAsync(id);
        await UntilAsync(async () => await farm.StepAsync(id) > step + 1);
    }

    [Fact]
    public async Task A_worker_told_twice_ends_at_once()
    {
        await Picture.DrawAsync(_folder["in.png"], 2048, 2048);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1);
        // One window that takes far longer than the test.
        Assert.Equal(0, (await farm.RunAsync("submit", "in.png", "--octaves", "1", "--layers", "5b", "--tile", "2048")).ExitCode);
        await HoldingAsync(farm);
        var worker = farm.Workers.Single();
        DreamfarmRun.Send(worker, Signal.Terminate);
        Assert.DoesNotContain(" 0 windows", await farm.SaysAsync(worker, " is draining: "));
        DreamfarmRun.Send(worker, Signal.Terminate);
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);
        // Had it finished its window, it would have left with 0.
        Assert.Equal(143, worker.ExitCode);
    }

    [Fact]
    public async Task A_job_without_a_worker_says_what_it_waits_for_and_goes_on_with_the_first()
    {
        await Picture.DrawAsync(_folder["in.png"], 120, 90);
        await using var farm = await FarmProcesses.StartAsync(_folder);
        using var submit = farm.Start(["submit", "in.png", "--wait", .. Dream]);
        string? line;
        while ((line = await submit.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)) != "waiting: no worker is registered")
            Assert.NotNull(line);
        farm.AddWorker(lanes: 1);
        var run = await DreamfarmRun.EndOfAsync(submit);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("step 2/2", run.Errors);
    }

    [Fact]
    public async Task A_client_that_vanishes_in_the_middle_of_its_upload_leaves_no_job_and_no_file()
    {
        // Nothing but zeros: the coordinator has no more than the gate lets through, and the connection holds less than a megabyte.
        await using (var file = File.Create(_folder["large.tif"]))
            file.SetLength(16 << 20);
        await using var farm = await FarmProcesses.StartAsync(_folder);
        await using var gate = Gate.ForRequests(farm.Url, 300_000);
        using var submit = DreamfarmRun.Start(_folder.FullName, "submit", "large.tif", "--coordinator", $"http://127.0.0.1:{gate.Port}");
        await gate.ClosedAsync();
        await UntilAsync(() => Task.FromResult(Uploaded().Any(file => file.Length > 0)));
        submit.Kill();
        await submit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(137, submit.ExitCode);
        gate.Open();

        // Its folder goes after its file.
        await UntilAsync(() => Task.FromResult(!Directory.EnumerateFileSystemEntries(_folder["data/temporary"]).Any()));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["data/jobs"]));
        Assert.Equal("[]", (await farm.RunAsync("jobs", "list", "--json")).Output.Trim());

        IEnumerable<FileInfo> Uploaded() => new DirectoryInfo(_folder["data/temporary"]).EnumerateFiles("*", SearchOption.AllDirectories);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>Returns when every worker holds tiles.</summary>
    private static Task HoldingAsync(FarmProcesses farm) => UntilAsync(async () =>
    {
        string list = (await farm.RunAsync("workers", "list")).Output;
        return farm.Workers.Count() == list.Split('\n').Count(line => line.Contains("  busy  ", StringComparison.Ordinal));
    });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(20, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < Soon, "waited in vain");
    }
}
