using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Security;

namespace DreamFarm.Cli.Connection;

/// <summary>The flags that every command has that talks to a coordinator.</summary>
internal sealed class ConnectionFlags
{
    // Not a flag: every user of a machine can see what is on a command line.
    private const string TokenVariable = "DREAMFARM_TOKEN";

    private readonly Setting _coordinator = new("--coordinator", "URL", "the coordinator", "http://127.0.0.1:7600");
    private readonly Setting _ca = new("--ca", "FILE", "PEM file with the CAs whose certificates are trusted, instead of the system's CAs");
    private readonly Setting _tokenFile = new("--token-file", "FILE", $"holds your token, if ${TokenVariable} does not");
    private readonly Switch _insecure;

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="insecure">What --insecure lets it do, for the help.</param>
    public ConnectionFlags(Command command, string insecure = "sends your token also where it can be overheard")
    {
        _insecure = new Switch("--insecure", insecure);
        command.Add(_coordinator.Option);
        command.Add(_ca.Option);
        command.Add(_tokenFile.Option);
        command.Add(_insecure.Option);
    }

    /// <summary>The coordinator's address, as it was given.</summary>
    public string Address(ParseResult parsed) => _coordinator.Value(parsed)!;

    /// <summary>Whether what protects is switched off.</summary>
    public bool Insecure(ParseResult parsed) => _insecure.IsSet(parsed);

    /// <summary>Whose certificates are good, and whose token is shown.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="certificate">What the client shows, if it is asked.</param>
    /// <param name="say">Is told of files that were renewed in vain.</param>
    /// <exception cref="ConnectionException">A file cannot be read.</exception>
    public ClientSecurity Security(ParseResult parsed, CertificateFiles? certificate = null, Action<string>? say = null)
    {
        say ??= _ => { };
        var roots = _ca.Value(parsed) is { } ca ? TrustedRoots.Open(Path.GetFullPath(ca), TimeProvider.System, say) : TrustedRoots.System;
        var token = Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } known ? BearerToken.Of(known, $"${TokenVariable}")
            : _tokenFile.Value(parsed) is { } file ? BearerToken.Open(Path.GetFullPath(file), TimeProvider.System, say)
            : null;
        return new ClientSecurity(new ClientTls(roots, certificate), token, Insecure(parsed));
    }

    /// <summary>Connects for the time of a command. Failed calls come out as sentences.</summary>
    /// <exception cref="UserException">The address makes no sense, nobody answers there, or the coordinator refuses.</exception>
    public Task<T> UseAsync<T>(ParseResult parsed, Func<CoordinatorConnection, Task<T>> command, CancellationToken cancellation) =>
        CoordinatorConnection.UseAsync(Address(parsed), Security(parsed), command, cancellation);
}
