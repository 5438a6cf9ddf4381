using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>What a farm of real processes makes of images that only the decoder finds out about, and of its decoders.</summary>
public sealed class DecoderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_picture_that_is_cut_short_fails_its_job_in_one_sentence()
    {
        await Picture.DrawAsync(_folder["whole.jpg"], 640, 480);
        byte[] bytes = await File.ReadAllBytesAsync(_folder["whole.jpg"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["half.jpg"], bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        await using var farm = await FarmProcesses.StartAsync(_folder);

        var run = await farm.RunAsync("submit", "half.jpg", "-o", "out.png");
        Assert.Equal(1, run.ExitCode);
        string sentence = Assert.Single(run.Errors.Split('\n'), line => line.StartsWith("dreamfarm: ", StringComparison.Ordinal));
        Assert.Contains("half.jpg is damaged or cut short", sentence);
        Assert.False(File.Exists(_folder["out.png"]));
        Assert.Contains("failed", (await farm.RunAsync("jobs", "show", run.Output.Trim())).Output);
    }

    [Fact]
    public async Task Decoders_die_with_a_coordinator_that_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "decoders are limited by Linux");
        await using var farm = await FarmProcesses.StartAsync(_folder);
        int[] decoders = [];
        await UntilAsync(() => (decoders = [.. ChildrenOf(farm.Coordinator.Id).Where(IsLimited)]).Length == 2, "the decoders did not start");

        // Stopped ones do not even notice that their pipe is closed.
        foreach (int decoder in decoders)
            using (var process = Process.GetProcessById(decoder))
                DreamfarmRun.Send(process, Signal.Stop);
        farm.Coordinator.Kill();
        await UntilAsync(() => !decoders.Any(IsRunning), "decoders have outlived their coordinator");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), otherwise);
    }

    private static IEnumerable<int> ChildrenOf(int parent) =>
        Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
            .Where(id => Status(id) is { } fields && fields[1] == $"{parent}");

    // What it gives up for good right after it has asked to die with its coordinator.
    private static bool IsLimited(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status").Contains("NoNewPrivs:\t1");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsRunning(int process) => Status(process) is { } fields && fields[0] is not ("Z" or "X");

    // Its state and its parent, behind the name in parentheses.
    private static string[]? Status(int process)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
