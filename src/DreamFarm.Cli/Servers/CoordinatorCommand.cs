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
        var data = new Setting("--data", "DIR", "folder of the jobs' files", CoordinatorOptions.DefaultDataFolder);
        var command = new Command("coordinator", "takes jobs and spreads them over workers until it is ended") { listen.Option, data.Option };
        command.SetAction(async (parsed, ending) =>
        {
            var address = ListenAddress.Parse(listen.Value(parsed)!);
            CheckFree(address);
            await CoordinatorHost.RunAsync(new CoordinatorOptions { Listen = address, DataFolder = Path.GetFullPath(data.Value(parsed)!) }, ending);
            return ExitCode.Done;
        });
        return command;
    }

    // The web host would tell of a taken address in its log, with all its stack.
    private static void CheckFree(IPEndPoint address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(address);
        }
        catch (SocketException e)
        {
            throw new UserException($"cannot listen on {address}: {e.Message}; choose another address with --listen", e);
        }
    }
}
