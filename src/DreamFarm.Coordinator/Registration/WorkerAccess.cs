namespace DreamFarm.Coordinator;

/// <summary>How a worker's listener is dialled, as the worker has told.</summary>
/// <param name="Secret">What to show there as a bearer token; empty for nothing.</param>
/// <param name="Tls">It speaks TLS.</param>
/// <param name="CertificateSha256">The certificate that it shows, lowercase hexadecimal; empty for one that its CA and its name vouch for.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkerAccess(string Secret = "", bool Tls = false, string CertificateSha256 = "")
{
    /// <summary>Without the secret: whoever holds it can be printed.</summary>
    public override string ToString() => Tls ? "https" : "http";
}
