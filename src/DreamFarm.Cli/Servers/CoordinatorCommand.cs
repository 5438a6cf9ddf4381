using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;
using DreamFarm.Worker;

namespace DreamFarm.Cli.Servers;

/// <summary><c>dreamfarm coordinator</c>: takes jobs and spreads them over workers until it is told to end.</summary>
internal static class CoordinatorCommand
{
    public static Command Create()
    {
        var listen = new Setting("--listen", "HOST:PORT", "where clients and workers dial; port 0 takes a free one", "127.0.0.1:7600");
        var web = new Setting("--web", "HOST:PORT", "where browsers, health probes and Prometheus look; port 0 takes a free one", "127.0.0.1:7680");
        var data = new Setting("--data", "DIR", "folder of the jobs and their files", CoordinatorOptions.DefaultDataFolder);
        var store = new Setting("--store", "URL", "PostgreSQL database of the jobs, postgres://USER:PASSWORD@HOST:PORT/DATABASE; without one they are in DIR/dreamfarm.db");
        var command = new Command("coordinator", "takes jobs and spreads them over workers until it is ended") { listen.Option, web.Option, data.Option, store.Option };
        var log = new LogFlags(command);
        command.SetAction(async (parsed, ending) =>
        {
            var options = new CoordinatorOptions
            {
                Listen = ListenAddress.Parse(listen.Value(parsed)!),
                Web = ListenAddress.Parse(web.Value(parsed)!),
                DataFolder = Path.GetFullPath(data.Value(parsed)!),
                Store = store.Value(parsed),
                Log = log.Read(parsed),
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
