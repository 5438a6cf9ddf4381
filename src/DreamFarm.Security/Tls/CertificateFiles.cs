using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DreamFarm.Security;

/// <summary>A certificate with its private key, and the certificates between it and its root. Renewed files are taken without a restart.</summary>
public sealed class CertificateFiles
{
    private readonly RenewedFiles<SslStreamCertificateContext>? _files;
    private readonly SslStreamCertificateContext? _own;

    private CertificateFiles(RenewedFiles<SslStreamCertificateContext> files) => _files = files;

    private CertificateFiles(SslStreamCertificateContext own) => _own = own;

    /// <summary>As TLS wants it, and as it is now.</summary>
    public SslStreamCertificateContext Current => _own ?? _files!.Value;

    /// <summary>SHA-256 of the certificate, lowercase hexadecimal.</summary>
    public string Fingerprint => FingerprintOf(Current.TargetCertificate);

    /// <summary>Opens PEM files.</summary>
    /// <param name="certificate">The certificate, followed by those between it and its root.</param>
    /// <param name="key">Its private key, not encrypted.</param>
    /// <param name="time">Decides what has expired.</param>
    /// <param name="say">Is told why renewed files are not taken.</param>
    /// <exception cref="ConnectionException">A file cannot be read, they do not belong together, or the certificate is not valid today.</exception>
    public static CertificateFiles Open(string certificate, string key, TimeProvider time, Action<string> say) =>
        new(new RenewedFiles<SslStreamCertificateContext>([certificate, key], texts => Read(certificate, texts[0], key, texts[1], time), time, say));

    /// <summary>
    /// A certificate that lives as long as the process, signed by nobody: for a server that tells its clients by another
    /// way which certificate to expect.
    /// </summary>
    /// <param name="name">Whose it says that it is.</param>
    public static CertificateFiles MakeOwn(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateFiles(SslStreamCertificateContext.Create(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10)), null, offline: true));
    }

    internal static string FingerprintOf(X509Certificate certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    /// <summary>A day for a sentence.</summary>
    internal static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static SslStreamCertificateContext Read(string certificate, string chainText, string key, string keyText, TimeProvider time)
    {
        var chain = PemCertificates.Read(certificate, chainText);
        if (keyText.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal) || keyText.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new ConnectionException($"the key in {key} is encrypted: give one that is not, in a file that only this user can read");
        if (!keyText.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new ConnectionException($"{key} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
        X509Certificate2 leaf;
        try
        {
            leaf = X509Certificate2.CreateFromPem(chainText, keyText);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ConnectionException($"the key in {key} is damaged, or does not belong to the certificate in {certificate}", e);
        }
        var now = time.GetUtcNow().UtcDateTime;
        if (now > leaf.NotAfter.ToUniversalTime())
            throw new ConnectionException($"the certificate in {certificate} has expired on {Day(leaf.NotAfter)}");
        if (now < leaf.NotBefore.ToUniversalTime())
            throw new ConnectionException($"the certificate in {certificate} is not valid before {Day(leaf.NotBefore)}");
        return SslStreamCertificateContext.Create(leaf, [.. chain.Skip(1)], offline: true);
    }
}
