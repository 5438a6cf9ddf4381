using System.CommandLine;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Networks;
using DreamFarm.Worker;

namespace DreamFarm.Cli.Servers;

/// <summary><c>dreamfarm worker</c>: computes gradients for a coordinator until it is told to end.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var listen = new Setting("--listen", "HOST:PORT", "where the coordinator dials back; port 0 takes a free one", "127.0.0.1:7610");
        var advertise = new Setting("--advertise", "HOST:PORT", "that place as the coordinator sees it, if it is another");
        var command = new Command("worker", "computes for a coordinator until it is ended; finishes what it holds before it leaves")
        {
            listen.Option,
            advertise.Option,
        };
        var connection = new ConnectionFlags(command, "also where work and secrets can be overheard");
        var tls = new TlsFlags(command, "without one the worker makes its own if the coordinator is reached by https", "the coordinator");
        var web = new Setting("--web", "HOST:PORT", "where health probes and Prometheus look; nowhere unless told");
        command.Add(web.Option);
        var engine = new EngineFlags(command);
        var log = new LogFlags(command);
        command.SetAction(async (parsed, ending) =>
        {
            var options = engine.Read(parsed);
            Action<string> say = FailureReport.Write;
            var certificate = tls.Certificate(parsed, say);
            await WorkerHost.RunAsync(
                new WorkerOptions
                {
                    CoordinatorUrl = connection.Address(parsed),
                    Listen = listen.Value(parsed)!,
                    Advertise = advertise.Value(parsed),
                    Device = options.Device,
                    Lanes = options.Lanes,
                    Pinning = options.Pinning,
                    Precision = options.Precision,
                    Security = connection.Security(parsed, certificate, say),
                    Certificate = certificate,
                    ClientRoots = tls.ClientRoots(parsed, say),
                    Web = web.Value(parsed),
                    Log = log.Read(parsed),
                    ModelsFolders = WeightsLocator.FromEnvironment(Environment.GetEnvironmentVariable).Folders,
                    WeightsFolder = WeightsLocator.FindTravelledFolder(Environment.GetEnvironmentVariable),
                },
                ending);
            return ExitCode.Done;
        });
        return command;
    }
}
