using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace DreamFarm.Security;

/// <summary>TLS of a listener.</summary>
/// <param name="Certificate">What it shows.</param>
/// <param name="ClientRoots">Asks clients for a certificate that these have signed; null asks for none. A client without, or with another, can connect, and is refused where <see cref="ClientProblem"/> is looked at.</param>
public sealed record ListenerTls(CertificateFiles Certificate, TrustedRoots? ClientRoots = null)
{
    private static readonly object ProblemKey = new();

    /// <summary>Makes a listener speak TLS only.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = context =>
        {
            var options = new SslServerAuthenticationOptions { ServerCertificateContext = Certificate.Current };
            if (ClientRoots is not null)
            {
                options.ClientCertificateRequired = true;
                options.CertificateChainPolicy = ClientRoots.Policy(ofServer: false);
                // Nothing follows from the certificate here: a refusal within the protocol can say why, one within TLS cannot.
                options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    context.Connection.Items[ProblemKey] = certificate is X509Certificate2 shown
                        ? ClientRoots.Problem(shown, chain, errors, "") is { } problem ? $"the certificate that you show{problem}" : ""
                        : "this needs a certificate that --client-ca's CA has signed: show one with --tls-cert and --tls-key";
                    return true;
                };
            }
            return ValueTask.FromResult(options);
        },
    });

    /// <summary>Why the certificate of a request's client is not good, as one sentence; null if it is, or if none is asked for.</summary>
    public string? ClientProblem(HttpContext context) =>
        ClientRoots is null ? null
        : context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(ProblemKey, out object? problem) == true ? problem is "" ? null : (string?)problem
        : "this is reached over TLS only";
}
