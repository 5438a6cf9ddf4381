using System.Net;
using DreamFarm.Security;

namespace DreamFarm.Worker;

/// <summary>Whom a worker lets in: other machines only over TLS, and nobody who could have overheard its secret, unless it is told that this is meant.</summary>
internal static class OpenDoors
{
    /// <summary>What protects the listener; null for nothing, on loopback or by the operator's word.</summary>
    /// <param name="options">The worker's.</param>
    /// <param name="coordinator">Where it registers.</param>
    /// <param name="listen">Where it is dialled back.</param>
    /// <param name="id">The worker's, for a certificate that it makes itself.</param>
    /// <exception cref="ConnectionException">Its token would travel in the clear.</exception>
    /// <exception cref="WorkerException">Its secret or pictures would; the sentence names the ways out.</exception>
    public static ListenerTls? Protect(WorkerOptions options, Uri coordinator, IPEndPoint listen, string id)
    {
        options.Security.Check(coordinator);
        bool isPlain = coordinator.Scheme == Uri.UriSchemeHttp;
        if (isPlain && !Loopback.Is(coordinator) && !options.Security.Insecure)
            throw new WorkerException($"The secret by which {coordinator.GetLeftPart(UriPartial.Authority)} may use this worker would travel there in the clear: take https, or say --insecure if something else protects the way.");
        // A coordinator that is reached safely can be told which certificate to expect, so this one needs no CA and no name.
        var certificate = options.Certificate ?? (isPlain ? null : CertificateFiles.MakeOwn(id));
        if (certificate is null && options.ClientRoots is not null)
            throw new WorkerException("--client-ca asks the coordinator for a certificate, which takes TLS: give --tls-cert and --tls-key too, or reach the coordinator by https.");
        if (certificate is null && !Loopback.Is(listen) && !options.Security.Insecure)
            throw new WorkerException($"--listen {listen} is open to other machines, and pictures would travel there in the clear: reach the coordinator by https, give --tls-cert and --tls-key, or say --insecure if something else protects the way.");
        return certificate is null ? null : new ListenerTls(certificate, options.ClientRoots);
    }
}
