using System.Net;
using DreamFarm.Security;
using DreamFarm.Worker;

namespace DreamFarm.Coordinator.Tests;

/// <summary>What may listen where other machines reach it, and what may be sent there.</summary>
public sealed class OpenDoorsTests : IDisposable
{
    private static readonly IPEndPoint Inside = new(IPAddress.Loopback, 0), Outside = new(IPAddress.Any, 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;

    [Theory]
    [InlineData(false, false, false, false, null)]
    [InlineData(true, false, false, false, "--listen 0.0.0.0:0 is open to other machines, and this coordinator asks nobody who he is")]
    [InlineData(false, true, false, false, "--web 0.0.0.0:0 is open to other machines, and this coordinator asks nobody who he is")]
    [InlineData(true, false, false, true, "--listen 0.0.0.0:0 is open to other machines, and this coordinator asks nobody who he is")]
    [InlineData(true, false, true, false, "--listen 0.0.0.0:0 is open to other machines, and tokens would travel there in the clear")]
    [InlineData(false, true, true, false, "--web 0.0.0.0:0 is open to other machines, and tokens would travel there in the clear")]
    [InlineData(true, true, true, true, null)]
    public async Task Other_machines_are_let_in_with_tokens_over_TLS_or_by_the_operators_word(bool listen, bool web, bool token, bool tls, string? problem)
    {
        using var authority = new TestAuthority(Path.Combine(_folder, "tls"));
        var options = new CoordinatorOptions
        {
            Listen = listen ? Outside : Inside,
            Web = web ? Outside : Inside,
            DataFolder = Path.Combine(_folder, "data"),
            Tls = tls ? new ListenerTls(authority.Issue("farm")) : null,
        };
        if (token)
            await using (var book = await TokenBook.OpenAsync(options, TimeProvider.System, CancellationToken.None))
                await book.CreateAsync("ann", ["view"], null, CancellationToken.None);

        var refusal = (await Record.ExceptionAsync(async () => await (await RunningCoordinator.StartAsync(options, CancellationToken.None)).DisposeAsync()))?.Message;
        if (problem is null)
            Assert.Null(refusal);
        else
            Assert.StartsWith(problem, refusal);
        Assert.Null(await Record.ExceptionAsync(async () => await (await RunningCoordinator.StartAsync(options with { Insecure = true }, CancellationToken.None)).DisposeAsync()));
    }

    [Theory]
    [InlineData("http://farm.example:7600", true, false, true)]
    [InlineData("http://farm.example:7600", true, true, false)]
    [InlineData("http://farm.example:7600", false, false, false)]
    [InlineData("https://farm.example:7600", true, false, false)]
    [InlineData("http://127.0.0.1:7600", true, false, false)]
    [InlineData("http://[::1]:7600", true, false, false)]
    [InlineData("http://localhost:7600", true, false, false)]
    [InlineData("http://127.0.0.1.farm.example:7600", true, false, true)]
    public void A_token_is_sent_over_https_or_to_this_machine_only(string url, bool token, bool insecure, bool refused)
    {
        var security = new ClientSecurity(ClientTls.Default, token ? BearerToken.Of("dft_x", "the test") : null, insecure);
        var problem = Record.Exception(() => security.Check(new Uri(url)));
        Assert.Equal(refused, problem is ConnectionException);
        if (refused)
            Assert.StartsWith("your token is not sent to http://", problem!.Message);
    }

    [Theory]
    [InlineData("http://farm.example:7600", "127.0.0.1:0", "The secret by which http://farm.example:7600 may use this worker would travel there in the clear")]
    [InlineData("http://127.0.0.1:7600", "0.0.0.0:0", "--listen 0.0.0.0:0 is open to other machines, and pictures would travel there in the clear")]
    public async Task A_worker_is_as_careful(string url, string listen, string problem)
    {
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunningWorker.StartAsync(
            new WorkerOptions { CoordinatorUrl = url, Listen = listen, Lanes = 1, Messages = TextWriter.Null }, CancellationToken.None));
        Assert.StartsWith(problem, error.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
