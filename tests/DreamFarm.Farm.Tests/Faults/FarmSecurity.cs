using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DreamFarm.Farm.Tests;

/// <summary>The tokens of a farm's people and workers, and its certificates if it has TLS.</summary>
internal sealed class FarmSecurity
{
    /// <summary>Who may do everything.</summary>
    public const string Operator = "olga";

    private const string Worker = "worker";

    private readonly Dictionary<string, string> _tokens = [];
    private readonly string _folder;

    private FarmSecurity(string folder, bool tls) => (_folder, Tls) = (folder, tls);

    public bool Tls { get; }

    public string Scheme => Tls ? "https" : "http";

    public string[] CoordinatorFlags => Tls ? ["--tls-cert", Path("server.crt"), "--tls-key", Path("server.key"), "--ca", Path("ca.crt"), "--client-ca", Path("ca.crt")] : [];

    public string[] WorkerFlags => Tls ? ["--tls-cert", Path("server.crt"), "--tls-key", Path("server.key"), "--ca", Path("ca.crt")] : [];

    public string[] WorkerEnvironment => [$"DREAMFARM_TOKEN={_tokens[Worker]}"];

    public static FarmSecurity Plain(string folder) => new(folder, tls: false);

    /// <summary>Makes a certificate authority and a certificate of loopback.</summary>
    public static FarmSecurity WithTls(string folder)
    {
        var security = new FarmSecurity(folder, tls: true);
        // The coordinator's clock may be a day off.
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-30), to = DateTimeOffset.UtcNow.AddDays(30);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=DreamFarm test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = request.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        request = new CertificateRequest("CN=DreamFarm test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));

        File.WriteAllText(security.Path("ca.crt"), authority.ExportCertificatePem());
        File.WriteAllText(security.Path("server.crt"), server.ExportCertificatePem());
        File.WriteAllText(security.Path("server.key"), key.ExportPkcs8PrivateKeyPem());
        return security;
    }

    /// <summary>Makes the tokens, before the coordinator starts.</summary>
    public async Task PrepareAsync(string dataFolder)
    {
        foreach (var (owner, role) in ((string, string)[])[("alice", "submit"), ("bob", "submit"), (Operator, "operate"), (Worker, "work")])
        {
            var made = await DreamfarmRun.InAsync(_folder, "tokens", "create", "--owner", owner, "--role", role, "--data", dataFolder);
            Assert.True(made.ExitCode == 0, made.Errors);
            _tokens[owner] = made.Output.Trim();
        }
    }

    /// <summary>Variables for a command of somebody's.</summary>
    public string[] ClientEnvironment(string owner) => [$"DREAMFARM_TOKEN={_tokens[owner]}", .. Tls ? [$"DREAMFARM_CA={Path("ca.crt")}"] : Array.Empty<string>()];

    private string Path(string file) => System.IO.Path.Combine(_folder, file);
}
