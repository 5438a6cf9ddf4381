using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Workers;

/// <summary><c>dreamfarm workers</c>: who computes, and who is to stop.</summary>
internal static class WorkersCommand
{
    public static Command Create() => new("workers", "lists and drains the workers of a coordinator") { List(), Drain() };

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

    private static Command Drain()
    {
        var id = new Argument<string>("ID") { Description = "the worker, as list names it, or how its id begins" };
        var command = new Command("drain", "has a worker finish what it holds, leave the farm and end") { id };
        var coordinator = new ConnectionFlags(command);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            var reply = await connection.Workers.DrainAsync(
                new V1.DrainWorkerRequest { Id = parsed.GetValue(id)! }, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            Console.Error.WriteLine($"worker {reply.Id} is draining: it ends when it has finished what it holds");
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
