using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace DreamFarm.Security;

/// <summary>TLS of a client.</summary>
/// <param name="Roots">Who must have signed the server's certificate.</param>
/// <param name="Certificate">What it shows if it is asked; null for nothing.</param>
public sealed record ClientTls(TrustedRoots Roots, CertificateFiles? Certificate = null)
{
    /// <summary>The system's roots, and no certificate.</summary>
    public static ClientTls Default { get; } = new(TrustedRoots.System);

    /// <summary>For connections that are made now or soon: a renewed certificate of its own wants new ones.</summary>
    /// <param name="fingerprint">SHA-256 of the certificate that the server must show, whoever signed it and whatever its name; null to have <see cref="Roots"/> decide.</param>
    public SslClientAuthenticationOptions Options(string? fingerprint = null) => new()
    {
        ClientCertificateContext = Certificate?.Current,
        CertificateChainPolicy = Roots.Policy(ofServer: true),
        RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            string host = (sender as SslStream)?.TargetHostName ?? "";
            string? problem = certificate is not X509Certificate2 shown ? " is missing"
                : fingerprint is null ? Roots.Problem(shown, chain, errors, host)
                : fingerprint == CertificateFiles.FingerprintOf(shown) ? null
                : " is not the one that it has told of";
            return problem is null ? true : throw new ConnectionException($"the certificate of {host}{problem}");
        },
    };
}
