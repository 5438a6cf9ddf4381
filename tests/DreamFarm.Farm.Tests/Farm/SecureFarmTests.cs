using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DreamFarm.Farm.Tests;

/// <summary>A farm of real processes over TLS, with tokens and certificates on both sides.</summary>
public sealed class SecureFarmTests : IAsyncDisposable
{
    private static readonly string[] Dream = ["--octaves", "2", "--steps", "3", "--layers", "4a", "--tile", "64"];

    private readonly TestFolder _folder = new();
    private readonly List<Server> _servers = [];

    [Fact]
    public async Task Over_TLS_with_tokens_and_certificates_the_dream_is_that_of_render()
    {
        WriteCertificates();
        await Picture.DrawAsync(_folder["in.png"], 240, 180);
        var rendered = await RunAsync(["render", "in.png", "-o", "local.npy", .. Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        string ann = await MakeTokenAsync("ann", "submit"), work = await MakeTokenAsync("gpus", "work"), olga = await MakeTokenAsync("olga", "operate");
        string bob = await MakeTokenAsync("bob", "submit");

        string url = $"https://127.0.0.1:{FreePort.Next()}";
        var coordinator = Serve("coordinator", "--listen", new Uri(url).Authority, "--web", "127.0.0.1:0", "--data", "data",
            "--tls-cert", "farm.pem", "--tls-key", "farm.key", "--client-ca", "ca.pem", "--ca", "ca.pem");
        string[] here = ["--coordinator", url, "--ca", "ca.pem"];

        for (int i = 0; i < 2; i++)
            Serve(["worker", "--listen", "127.0.0.1:0", "--lanes", "1", "--token-file", work, "--tls-cert", "worker.pem", "--tls-key", "worker.key", "--client-ca", "ca.pem", .. here]);
        await coordinator.SaysAsync("listening on ");
        foreach (var worker in _servers.Skip(1))
            await worker.SaysAsync(" is registered with ");
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(200, TestContext.Current.CancellationToken))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), "the coordinator does not reach the workers");
            var listed = await RunAsync(["workers", "list", "--token-file", olga, .. here]);
            if (listed.ExitCode == 0 && listed.Output.Split('\n').Count(line => line.Contains(" idle ")) == 2)
                break;
        }

        var run = await RunAsync(["submit", "in.png", "-o", "farm.npy", "--token-file", ann, .. here, .. Dream]);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));

        string id = run.Output.Trim();
        Assert.Equal(0, (await RunAsync(["jobs", "show", id, "--token-file", ann, .. here])).ExitCode);
        Assert.Equal($"there is no job \"{id}\"", (await RunAsync(["jobs", "show", id, "--token-file", bob, .. here])).Refusal());
        Assert.Equal(0, (await RunAsync(["jobs", "show", id, "--token-file", olga, .. here])).ExitCode);
        Assert.Contains("this needs a token with the role operate", (await RunAsync(["workers", "list", "--token-file", ann, .. here])).Refusal());
        Assert.Contains("this coordinator asks who you are", (await RunAsync(["jobs", "list", .. here])).Refusal());
        Assert.Contains("is signed by nobody whom this system trusts: name the file of its CA with --ca", (await RunAsync("jobs", "list", "--token-file", ann, "--coordinator", url)).Refusal());
        string plain = url.Replace("https", "http");
        Assert.Equal($"what answers at {plain} hangs up: if it speaks TLS, it is {url}", (await RunAsync("jobs", "list", "--token-file", ann, "--coordinator", plain)).Refusal());
        Assert.Contains("your token is not sent to http://192.0.2.1:7600 in the clear", (await RunAsync("jobs", "list", "--token-file", ann, "--coordinator", "http://192.0.2.1:7600")).Refusal());
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked_and_the_list_shows_none()
    {
        string file = await MakeTokenAsync("ann", "submit");
        string token = (await File.ReadAllTextAsync(_folder[file], TestContext.Current.CancellationToken)).Trim();
        var listed = await RunAsync("tokens", "list", "--data", "data");
        Assert.Contains("ann", listed.Output);
        Assert.Contains("good", listed.Output);
        Assert.DoesNotContain(token[4..], listed.Output);
        string id = listed.Output.Split('\n')[1].Split(' ')[0];
        Assert.Equal(0, (await RunAsync("tokens", "revoke", id, "--data", "data")).ExitCode);
        Assert.Contains("\"state\": \"revoked\"", (await RunAsync("tokens", "list", "--json", "--data", "data")).Output);
        Assert.Equal("there is no token of this id: `dreamfarm tokens list` shows the ids", (await RunAsync("tokens", "revoke", token, "--data", "data")).Refusal());
        Assert.Contains("--role must be view, submit, operate or work", (await RunAsync("tokens", "create", "--owner", "ann", "--role", "root", "--data", "data")).Refusal());
        Assert.Contains("--expires must be 1 to 36500 days", (await RunAsync("tokens", "create", "--owner", "ann", "--role", "view", "--expires", "0", "--data", "data")).Refusal());
    }

    [Theory]
    [InlineData("--tls-cert and --tls-key go together", "--tls-cert", "farm.pem")]
    [InlineData("missing.pem: it is not there", "--tls-cert", "missing.pem", "--tls-key", "farm.key")]
    [InlineData("does not belong to the certificate", "--tls-cert", "farm.pem", "--tls-key", "worker.key")]
    [InlineData("--client-ca asks workers for certificates, which takes TLS", "--client-ca", "ca.pem")]
    [InlineData("is open to other machines, and this coordinator asks nobody who he is", "--listen", "0.0.0.0:0")]
    [InlineData("--max-uploads must be 1 to 1000000", "--max-uploads", "0")]
    public async Task A_coordinator_that_cannot_be_safe_says_why(string problem, params string[] flags)
    {
        WriteCertificates();
        string[] usual = flags[0] == "--listen" ? [] : ["--listen", "127.0.0.1:0"];
        Assert.Contains(problem, (await RunAsync(["coordinator", "--web", "127.0.0.1:0", "--data", "data", .. usual, .. flags])).Refusal());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
            await server.DisposeAsync();
        _folder.Dispose();
    }

    private Task<DreamfarmRun> RunAsync(params string[] arguments) => DreamfarmRun.InAsync(_folder.FullName, arguments);

    /// <returns>The name of the file that holds it.</returns>
    private async Task<string> MakeTokenAsync(string owner, string role)
    {
        var run = await RunAsync("tokens", "create", "--owner", owner, "--role", role, "--data", "data");
        Assert.True(run.ExitCode == 0, run.Errors);
        await File.WriteAllTextAsync(_folder[$"{owner}.token"], run.Output);
        return $"{owner}.token";
    }

    private Server Serve(params string[] arguments)
    {
        var server = new Server(DreamfarmRun.Start(_folder.FullName, arguments));
        _servers.Add(server);
        return server;
    }

    private void WriteCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=farm CA", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = root.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        File.WriteAllText(_folder["ca.pem"], authority.ExportCertificatePem());
        foreach (string name in (string[])["farm", "worker"])
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            using var certificate = request.Create(authority, now.AddDays(-1), now.AddDays(30), RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(_folder[$"{name}.pem"], certificate.ExportCertificatePem());
            File.WriteAllText(_folder[$"{name}.key"], key.ExportPkcs8PrivateKeyPem());
        }
    }
}
