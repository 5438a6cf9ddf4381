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
}
