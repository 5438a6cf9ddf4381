namespace DreamFarm.Farm.Tests;

public sealed class StartTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_coordinator_says_where_it_listens_and_warns_of_nothing()
    {
        using var coordinator = DreamfarmRun.Start(_folder.FullName, "coordinator", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--data", _folder["data"]);
        try
        {
            string? line;
            do
            {
                line = await coordinator.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
                Assert.NotNull(line);
                // That this machine is slow is no fault of the coordinator's.
                if (!line.Contains("thread pool starvation", StringComparison.Ordinal))
                    Assert.DoesNotContain(" warn: ", line);
            }
            while (!line.Contains("listening on http://127.0.0.1:", StringComparison.Ordinal));
        }
        finally
        {
            coordinator.Kill(entireProcessTree: true);
            await coordinator.WaitForExitAsync(CancellationToken.None);
        }
    }

    // libvips sets a variable of the environment as it starts. A coordinator died of that which fetched its first result while another thread read one.
    [Fact]
    public async Task A_coordinator_has_started_libvips_before_it_listens()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux says which libraries a process has loaded");
        await using var farm = await FarmProcesses.StartAsync(_folder);
        await farm.ListeningAsync();
        Assert.Contains("/libvips.so.", await File.ReadAllTextAsync($"/proc/{farm.Coordinator.Id}/maps", TestContext.Current.CancellationToken));
    }
}
