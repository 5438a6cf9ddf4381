using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DreamFarm.Security;

/// <summary>Whose signature makes a certificate good: those of a PEM file, or the system's.</summary>
public sealed class TrustedRoots
{
    private static readonly Oid ServerUsage = new("1.3.6.1.5.5.7.3.1"), ClientUsage = new("1.3.6.1.5.5.7.3.2");

    private readonly string? _path;
    private readonly RenewedFiles<X509Certificate2Collection>? _file;

    private TrustedRoots(string? path, RenewedFiles<X509Certificate2Collection>? file) => (_path, _file) = (path, file);

    /// <summary>The roots that the system trusts.</summary>
    public static TrustedRoots System { get; } = new(null, null);

    /// <summary>The certificates of a PEM file, and no others; a renewed file is taken without a restart.</summary>
    /// <exception cref="ConnectionException">It cannot be read or holds none.</exception>
    public static TrustedRoots Open(string path, TimeProvider time, Action<string> say) =>
        new(path, new RenewedFiles<X509Certificate2Collection>([path], texts => PemCertificates.Read(path, texts[0]), time, say));

    /// <summary>How TLS builds a peer's chain.</summary>
    internal X509ChainPolicy Policy(bool ofServer)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(ofServer ? ServerUsage : ClientUsage);
        if (_file is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_file.Value);
        }
        return policy;
    }

    /// <summary>What is wrong with a peer's certificate, to go behind "the certificate of PEER"; null if nothing is.</summary>
    internal string? Problem(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        var found = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status) ?? X509ChainStatusFlags.NoError;
        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            var bad = chain!.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid))?.Certificate ?? certificate;
            string whose = bad.Equals(certificate) ? "" : $", signed by {bad.Subject}, which";
            return DateTime.Now > bad.NotAfter
                ? $"{whose} has expired on {CertificateFiles.Day(bad.NotAfter)}"
                : $"{whose} is not valid before {CertificateFiles.Day(bad.NotBefore)}";
        }
        if ((found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            return _path is null
                ? $" ({certificate.Subject}) is signed by nobody whom this system trusts: name the file of its CA with --ca"
                : $" ({certificate.Subject}) is not signed by a CA in {_path}";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $" is for {Names(certificate)}, not for {host}";
        if (found.HasFlag(X509ChainStatusFlags.NotValidForUsage))
            return $" ({certificate.Subject}) is not made for this: its extended key usage lacks client or server authentication";
        return $" ({certificate.Subject}) is not good: {string.Join(' ', chain?.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.')) ?? [])}";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToArray();
        return names.Length > 0 ? string.Join(", ", names) : "no host at all";
    }
}
