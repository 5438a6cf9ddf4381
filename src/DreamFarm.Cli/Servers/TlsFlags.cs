using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Security;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that give a server its certificate and say what it wants of those who dial it.</summary>
internal sealed class TlsFlags
{
    private readonly Setting _certificate, _key, _clientCa;

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="without">What happens without a certificate, for the help.</param>
    /// <param name="clients">Who must show a certificate of --client-ca, for the help.</param>
    public TlsFlags(Command command, string without, string clients)
    {
        _certificate = new Setting("--tls-cert", "FILE", $"PEM file with the certificate to show, and those between it and its root; renewed files are taken while it runs; {without}");
        _key = new Setting("--tls-key", "FILE", "PEM file with its private key");
        _clientCa = new Setting("--client-ca", "FILE", $"PEM file with the CA whose certificate {clients} must show");
        command.Add(_certificate.Option);
        command.Add(_key.Option);
        command.Add(_clientCa.Option);
    }

    /// <summary>The certificate; null if none is given.</summary>
    /// <exception cref="UserException">One file of the two is missing.</exception>
    /// <exception cref="ConnectionException">A file cannot be read, or they make no sense together.</exception>
    public CertificateFiles? Certificate(ParseResult parsed, Action<string> say) => (_certificate.Value(parsed), _key.Value(parsed)) switch
    {
        (null, null) => null,
        ({ } certificate, { } key) => CertificateFiles.Open(Path.GetFullPath(certificate), Path.GetFullPath(key), TimeProvider.System, say),
        _ => throw new UserException("--tls-cert and --tls-key go together: give both or neither"),
    };

    /// <summary>Who must have signed the certificates of those who dial; null to ask for none.</summary>
    /// <exception cref="ConnectionException">The file cannot be read.</exception>
    public TrustedRoots? ClientRoots(ParseResult parsed, Action<string> say) =>
        _clientCa.Value(parsed) is { } file ? TrustedRoots.Open(Path.GetFullPath(file), TimeProvider.System, say) : null;
}
