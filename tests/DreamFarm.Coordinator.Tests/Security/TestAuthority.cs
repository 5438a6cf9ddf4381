using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DreamFarm.Security;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A CA of the test's own, with the files of whatever it signs in a folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private readonly string _folder;
    private readonly string _name;

    public TestAuthority(string folder, string name = "ca")
    {
        (_folder, _name) = (folder, name);
        Directory.CreateDirectory(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The CA's own certificate.</summary>
    public string RootFile => Path.Combine(_folder, $"{_name}.pem");

    public TrustedRoots Roots => TrustedRoots.Open(RootFile, TimeProvider.System, _ => { });

    /// <summary>Signs a certificate for 127.0.0.1 and localhost, or for another host, and writes it with its key.</summary>
    public (string Certificate, string Key) Write(string name, string? host = null, int daysFrom = -1, int daysTo = 30, bool client = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddDnsName("localhost");
        }
        else
        {
            names.AddDnsName(host);
        }
        request.CertificateExtensions.Add(names.Build());
        var usages = new OidCollection { new Oid("1.3.6.1.5.5.7.3.1") };
        if (client)
            usages.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        using var certificate = request.Create(_root, Now.AddDays(daysFrom), Now.AddDays(daysTo), RandomNumberGenerator.GetBytes(8));
        var (certificateFile, keyFile) = (Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }

    /// <summary>The same, opened.</summary>
    public CertificateFiles Issue(string name, bool client = true)
    {
        var (certificate, key) = Write(name, client: client);
        return CertificateFiles.Open(certificate, key, TimeProvider.System, _ => { });
    }

    public void Dispose() => _root.Dispose();
}
