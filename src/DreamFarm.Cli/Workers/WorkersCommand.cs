using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Workers;

/// <summary><c>dreamfarm workers</c>: who computes.</summary>
internal static class WorkersCommand
{
    public static Command Create() => new("workers", "lists the workers of a coordinator") { List() };

    private static Command List()
    {
        var json = Listing.JsonFlag();
        var command = new Command("list", "lists the workers that a coordinator knows") { json };
        var coordinator = new ConnectionFlags(command);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            var reply = await connection.Workers.ListAsync(new V1.ListWorkersRequest(), deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            if (parsed.GetValue(json))
                Listing.WriteJson(reply.Workers.Select(WorkerView.Of));
            else
                Listing.WriteTable(["ID", "STATE", "ADDRESS", "DEVICE", "LANES", "HELD", "DONE", "FAILED", "MESSAGE"], reply.Workers.Select(Row));
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

    private static string[] Row(V1.WorkerInfo worker) =>
    [
        worker.Id,
        WorkerView.StateName(worker.State),
        worker.Address,
        worker.DeviceName.Length > 0 ? $"{worker.Device} ({worker.DeviceName})" : worker.Device,
        Text(worker.Lanes),
        Text(worker.TilesHeld),
        Text(worker.TilesDone),
        Text(worker.TilesFailed),
        worker.Message,
    ];

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
