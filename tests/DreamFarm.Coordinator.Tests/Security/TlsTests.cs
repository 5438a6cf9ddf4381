using System.Net.Sockets;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Security;
using DreamFarm.Worker;
using Grpc.Core;
using Grpc.Net.Client;

namespace DreamFarm.Coordinator.Tests;

/// <summary>TLS between everybody, and what is said when it fails.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;
    private readonly TestAuthority _authority;

    public TlsTests() => _authority = new TestAuthority(_folder);

    [Fact]
    public async Task Who_trusts_the_CA_is_served_on_both_listeners_and_who_does_not_is_told_so()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Tls = new ListenerTls(_authority.Issue("farm")) });
        Assert.Equal(("https", "https"), (farm.Coordinator.Address.Scheme, farm.Coordinator.Web.Scheme));
        Assert.Null(await ProblemAsync(farm.Coordinator.Address, new ClientTls(_authority.Roots)));
        using var web = new HttpClient(new SocketsHttpHandler { SslOptions = new ClientTls(_authority.Roots).Options() }) { BaseAddress = farm.Coordinator.Web };
        Assert.Equal("live\n", await web.GetStringAsync("/health/live", TestContext.Current.CancellationToken));

        using var other = new TestAuthority(_folder, "other");
        Assert.Equal($"the certificate of 127.0.0.1 (CN=farm) is not signed by a CA in {other.RootFile}", await ProblemAsync(farm.Coordinator.Address, new ClientTls(other.Roots)));
        Assert.Equal(
            "the certificate of 127.0.0.1 (CN=farm) is signed by nobody whom this system trusts: name the file of its CA with --ca",
            await ProblemAsync(farm.Coordinator.Address, ClientTls.Default));
    }

    [Fact]
    public async Task Http_and_https_are_told_apart()
    {
        await using (var farm = await TestFarm.StartAsync(options => options with { Tls = new ListenerTls(_authority.Issue("farm")) }))
        {
            string authority = farm.Coordinator.Address.Authority;
            Assert.Equal($"what answers at http://{authority} hangs up: if it speaks TLS, it is https://{authority}", await ProblemAsync(new Uri($"http://{authority}"), ClientTls.Default));
        }
        await using (var farm = await TestFarm.StartAsync())
        {
            string authority = farm.Coordinator.Address.Authority;
            Assert.Equal(
                $"what answers at https://{authority} speaks no TLS, or another one: try http://{authority}, or look at the port",
                await ProblemAsync(new Uri($"https://{authority}"), new ClientTls(_authority.Roots)));
        }
    }

    [Fact]
    public async Task A_certificate_for_another_host_or_another_time_is_refused()
    {
        var (certificate, key) = _authority.Write("elsewhere", host: "farm.example");
        await using (var farm = await TestFarm.StartAsync(options => options with { Tls = new ListenerTls(Open(certificate, key)) }))
            Assert.Equal("the certificate of 127.0.0.1 is for farm.example, not for 127.0.0.1", await ProblemAsync(farm.Coordinator.Address, new ClientTls(_authority.Roots)));

        // It was good when the coordinator opened it.
        (certificate, key) = _authority.Write("old", daysFrom: -9, daysTo: -2);
        var opened = CertificateFiles.Open(certificate, key, new EarlierTime(), _ => { });
        await using (var farm = await TestFarm.StartAsync(options => options with { Tls = new ListenerTls(opened) }))
            Assert.StartsWith("the certificate of 127.0.0.1 has expired on ", await ProblemAsync(farm.Coordinator.Address, new ClientTls(_authority.Roots)));
    }

    [Fact]
    public void Files_that_make_no_sense_are_refused_in_one_sentence()
    {
        var (certificate, key) = _authority.Write("good");
        var (_, otherKey) = _authority.Write("another");
        var (expired, expiredKey) = _authority.Write("expired", daysFrom: -9, daysTo: -2);
        string text = Path.Combine(_folder, "text.pem"), missing = Path.Combine(_folder, "missing.pem"), encrypted = Path.Combine(_folder, "encrypted.key");
        File.WriteAllText(text, "no certificate");
        File.WriteAllText(encrypted, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Assert.Equal($"cannot read {missing}: it is not there", Refusal(missing, key));
        Assert.Equal($"cannot read {_folder}: this user may not, or it is a folder", Refusal(_folder, key));
        Assert.StartsWith($"{text} holds no certificate in PEM", Refusal(text, key));
        Assert.StartsWith($"{text} holds no private key in PEM", Refusal(certificate, text));
        Assert.Equal($"the key in {otherKey} is damaged, or does not belong to the certificate in {certificate}", Refusal(certificate, otherKey));
        Assert.StartsWith($"the key in {encrypted} is encrypted", Refusal(certificate, encrypted));
        Assert.StartsWith($"the certificate in {expired} has expired on ", Refusal(expired, expiredKey));
        Assert.Null(Refusal(certificate, key));
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_one_that_makes_no_sense_is_not()
    {
        var (certificate, key) = _authority.Write("farm");
        var time = new LaterTime();
        var said = new List<string>();
        var files = CertificateFiles.Open(certificate, key, time, said.Add);
        string first = files.Fingerprint;
        await using var farm = await TestFarm.StartAsync(options => options with { Tls = new ListenerTls(files) });
        File.WriteAllText(certificate, "half written");
        time.Later += TimeSpan.FromMinutes(1);
        Assert.Equal(first, files.Fingerprint);
        Assert.Contains("holds no certificate in PEM", Assert.Single(said));

        _authority.Write("farm");
        time.Later += TimeSpan.FromMinutes(1);
        Assert.NotEqual(first, files.Fingerprint);
        Assert.Null(await ProblemAsync(farm.Coordinator.Address, new ClientTls(_authority.Roots), files.Fingerprint));
        Assert.Equal("the certificate of 127.0.0.1 is not the one that it has told of", await ProblemAsync(farm.Coordinator.Address, new ClientTls(_authority.Roots), first));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_and_its_coordinator_prove_to_each_other_who_they_are(bool workerHasCertificate)
    {
        var farmCertificate = _authority.Issue("farm");
        await using var farm = await TestFarm.StartAsync(options => options with
        {
            Tls = new ListenerTls(farmCertificate, _authority.Roots),
            WorkerTls = new ClientTls(_authority.Roots, farmCertificate),
        });
        var own = workerHasCertificate ? _authority.Issue("worker") : null;
        var messages = new HeardMessages();
        await using var worker = await RunningWorker.StartAsync(
            new WorkerOptions
            {
                CoordinatorUrl = farm.Coordinator.Address.ToString(),
                Listen = "127.0.0.1:0",
                Lanes = 1,
                Messages = messages,
                Security = new ClientSecurity(new ClientTls(_authority.Roots, own)),
                Certificate = own,
                ClientRoots = _authority.Roots,
            },
            CancellationToken.None);
        if (!workerHasCertificate)
        {
            await UntilAsync(() => messages.ToString().Contains("this needs a certificate that --client-ca's CA has signed"));
            return;
        }
        using var channel = Dial(farm.Coordinator.Address, new ClientTls(_authority.Roots));
        var workers = new Workers.WorkersClient(channel);
        await UntilAsync(async () => (await workers.ListAsync(new ListWorkersRequest())).Workers is [{ State: WorkerState.Idle, Message: "" }]);
        await UntilAsync(() => messages.ToString().Contains("is registered with"));

        // Nobody else computes there: neither without the secret nor without the certificate.
        await RefusedAsync(new ClientTls(_authority.Roots, farmCertificate), "nonsense", "this worker computes only for the coordinator that it has registered with");
        await RefusedAsync(new ClientTls(_authority.Roots), worker.Secret, "this needs a certificate");

        async Task RefusedAsync(ClientTls tls, string secret, string sentence)
        {
            using var wire = Dial(new Uri($"https://127.0.0.1:{worker.Port}"), tls, secret);
            using var call = new Gradients.GradientsClient(wire).Compute();
            var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
            Assert.StartsWith(sentence, error.Status.Detail);
        }
    }

    [Fact]
    public async Task A_worker_without_files_makes_a_certificate_and_the_coordinator_expects_that_one()
    {
        await using var farm = await TestFarm.StartAsync(options => options with { Tls = new ListenerTls(_authority.Issue("farm")) });
        await using var worker = await RunningWorker.StartAsync(
            new WorkerOptions
            {
                CoordinatorUrl = farm.Coordinator.Address.ToString(),
                Listen = "127.0.0.1:0",
                Lanes = 1,
                Messages = TextWriter.Null,
                Security = new ClientSecurity(new ClientTls(_authority.Roots)),
            },
            CancellationToken.None);
        using var channel = Dial(farm.Coordinator.Address, new ClientTls(_authority.Roots));
        var workers = new Workers.WorkersClient(channel);
        await UntilAsync(async () => (await workers.ListAsync(new ListWorkersRequest())).Workers is [{ State: WorkerState.Idle, Message: "" }]);

        // Who shows another is not trusted with a single pixel. (At the worker's own address it would take the worker's place, until that comes back.)
        await workers.RegisterAsync(new RegisterRequest { Id = "w-false", Address = farm.Coordinator.Address.Authority, Device = "cpu", Lanes = 1, MaxWindowPixels = 1 << 20, Tls = true, CertificateSha256 = new string('0', 64), Protocol = ProtocolVersion.Current });
        await UntilAsync(async () => (await workers.ListAsync(new ListWorkersRequest())).Workers
            .Any(known => known.Id == "w-false" && known.Message.Contains("is not the one that it has told of")));
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CertificateFiles Open(string certificate, string key) => CertificateFiles.Open(certificate, key, TimeProvider.System, _ => { });

    private static string? Refusal(string certificate, string key) => Record.Exception(() => Open(certificate, key))?.Message;

    private static GrpcChannel Dial(Uri address, ClientTls tls, string? token = null, string? fingerprint = null) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new ClientSecurity(tls, token is null ? null : BearerToken.Of(token, "the test")).Wrap(new SocketsHttpHandler { SslOptions = tls.Options(fingerprint) }),
        DisposeHttpClient = true,
    });

    public static TheoryData<Exception> WaysToHangUp =>
    [
        new HttpRequestException("", new IOException("", new SocketException((int)SocketError.ConnectionReset))),
        new HttpRequestException("", new IOException("", new SocketException((int)SocketError.Shutdown))),
        new HttpRequestException("", new HttpIOException(HttpRequestError.InvalidResponse, innerException: new HttpIOException(HttpRequestError.ResponseEnded))),
        new HttpRequestException("the server did not complete the HTTP/2 handshake"),
    ];

    [Theory, MemberData(nameof(WaysToHangUp), DisableDiscoveryEnumeration = true)]
    public void However_a_server_hangs_up_on_plain_text_TLS_is_proposed(Exception way)
    {
        Assert.Equal("what answers at http://farm:7600 hangs up: if it speaks TLS, it is https://farm:7600", ConnectionProblem.Of(way, new Uri("http://farm:7600")));
        Assert.Null(ConnectionProblem.Of(way, new Uri("https://farm:7600")));
        Assert.Null(ConnectionProblem.Of(way, new Uri("http://farm:7600"), hasAnswered: true));
    }

    [Fact]
    public void A_server_that_is_not_there_has_hung_up_on_nobody() => Assert.Null(ConnectionProblem.Of(
        new HttpRequestException("", new SocketException((int)SocketError.ConnectionRefused)), new Uri("http://farm:7600")));

    /// <summary>What a call to a coordinator comes to: null if it is answered.</summary>
    private static async Task<string?> ProblemAsync(Uri address, ClientTls tls, string? fingerprint = null)
    {
        using var channel = Dial(address, tls, fingerprint: fingerprint);
        try
        {
            await new Jobs.JobsClient(channel).ListAsync(new ListJobsRequest());
            return null;
        }
        catch (RpcException e)
        {
            return ConnectionProblem.Of(e.Status.DebugException, address) ?? e.ToString();
        }
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 2000);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Later.TotalSeconds * TimestampFrequency);
    }

    private sealed class EarlierTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(-5);
    }
}
