using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;
using DreamFarm.Security;
using DreamFarm.Worker;

namespace DreamFarm.Cli.Servers;

/// <summary><c>dreamfarm coordinator</c>: takes jobs and spreads them over workers until it is told to end.</summary>
internal static class CoordinatorCommand
{
    public static Command Create()
    {
        var listen = new Setting("--listen", "HOST:PORT", "where clients and workers dial; port 0 takes a free one", "127.0.0.1:7600");
        var web = new Setting("--web", "HOST:PORT", "where browsers, health probes and Prometheus look; port 0 takes a free one", "127.0.0.1:7680");
        var command = new Command("coordinator", "takes jobs and spreads them over workers until it is ended") { listen.Option, web.Option };
        var store = new StoreFlags(command);
        var tls = new TlsFlags(command, "without one the listeners speak no TLS", "workers");
        var ca = new Setting("--ca", "FILE", "PEM file with the CAs whose certificates are trusted in workers, instead of the system's CAs");
        command.Add(ca.Option);
        var lease = new Setting("--lease", "SECONDS", "a worker that is silent for this long is gone, and its tiles go to others", "10");
        command.Add(lease.Option);
        var insecure = new Switch("--insecure", "listens where other machines reach it even without tokens or without TLS");
        command.Add(insecure.Option);
        var jobs = new JobFlags(command);
        var limits = new LimitFlags(command);
        var decode = new DecodeFlags(command);
        var log = new LogFlags(command);
        command.SetAction(async (parsed, ending) =>
        {
            Action<string> say = FailureReport.Write;
            var certificate = tls.Certificate(parsed, say);
            var clientRoots = tls.ClientRoots(parsed, say);
            if (clientRoots is not null && certificate is null)
                throw new UserException("--client-ca asks workers for certificates, which takes TLS: give --tls-cert and --tls-key too");
            var options = decode.Read(parsed, limits.Read(parsed, jobs.Read(parsed, store.Read(parsed)))) with
            {
                Listen = ListenAddress.Parse(listen.Value(parsed)!),
                Web = ListenAddress.Parse(web.Value(parsed)!),
                Log = log.Read(parsed),
                Tls = certificate is null ? null : new ListenerTls(certificate, clientRoots),
                WorkerTls = new ClientTls(ca.Value(parsed) is { } file ? TrustedRoots.Open(Path.GetFullPath(file), TimeProvider.System, say) : TrustedRoots.System, certificate),
                Lease = ReadLease(lease.Value(parsed)!),
                Insecure = insecure.IsSet(parsed),
            };
            if (options.Listen.Port != 0 && options.Listen.Equals(options.Web))
                throw new UserException($"--listen and --web are both {options.Web}: they need a port each");
            CheckFree(options.Listen, listen);
            CheckFree(options.Web, web);
            await CoordinatorHost.RunAsync(options, ending);
            return ExitCode.Done;
        });
        return command;
    }

    private static TimeSpan ReadLease(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 1 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new UserException($"--lease must be 1 to 3600 seconds, not \"{value}\"");

    // Said before anything is started, and with the flag that helps.
    private static void CheckFree(IPEndPoint address, Setting flag)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(address);
        }
        catch (SocketException e)
        {
            throw new UserException($"cannot listen on {address}: {e.Message}; choose another address with {flag.Option.Name}", e);
        }
    }
}
