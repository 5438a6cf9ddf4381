using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>How workers come, go and come back, with real processes.</summary>
public sealed class MembershipTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_worker_drained_by_command_finishes_what_it_holds_and_ends_with_0()
    {
        await Picture.DrawAsync(_folder["in.png"], 480, 360);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);
        string[] before = await WorkersAsync(farm);
        // It never ends by itself.
        string id = (await farm.RunAsync("submit", "in.png", "--octaves", "1", "--steps", "10000", "--layers", "4a", "--tile", "128")).Output.Trim();
        await UntilAsync(async () => (await farm.RunAsync("workers", "list")).Output.Contains("  busy  ", StringComparison.Ordinal));

        Assert.Equal("there is no worker w-nobody: `dreamfarm workers list` names those that there are", (await farm.RunAsync("workers", "drain", "w-nobody")).Refusal());
        Assert.EndsWith("give more of the id", (await farm.RunAsync("workers", "drain", "w-")).Refusal());
        var told = await farm.RunAsync("workers", "drain", before[0][..6]);
        Assert.True(told.ExitCode == 0, told.Errors);
        Assert.Equal($"worker {before[0]} is draining: it ends when it has finished what it holds", told.Errors.Trim());

        await UntilAsync(() => Task.FromResult(farm.Workers.Any(worker => worker.HasExited)));
        Assert.Equal(0, Assert.Single(farm.Workers, worker => worker.HasExited).ExitCode);
        Assert.Equal([before[1]], await WorkersAsync(farm));
        // A tile that nobody has would hold up its step for ever.
        int step = await farm.StepAsync(id);
        await UntilAsync(async () => await farm.StepAsync(id) > step + 1);
    }

    [Fact]
    public async Task Workers_register_again_with_a_coordinator_that_was_killed_and_is_back()
    {
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);
        string[] before = await WorkersAsync(farm);
        await farm.ReplaceCoordinatorAsync();
        string[] after = [];
        await UntilAsync(async () => (after = await WorkersAsync(farm)).Length == 2);
        Assert.Equal(before.Order(), after.Order());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>Ids of the workers that the coordinator lists.</summary>
    private static async Task<string[]> WorkersAsync(FarmProcesses farm) =>
        [.. (await farm.RunAsync("workers", "list")).Output.Split('\n').Where(line => line.StartsWith("w-", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(50, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < Soon, "waited in vain");
    }
}
