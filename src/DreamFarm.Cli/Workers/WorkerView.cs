using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Workers;

/// <summary>A worker as --json shows it.</summary>
internal sealed record WorkerView(
    string Id,
    string State,
    string? Message,
    string Address,
    string Device,
    string DeviceName,
    int Lanes,
    long MaxWindowPixels,
    string Version,
    DateTime? Registered,
    int TilesHeld,
    long TilesDone,
    long TilesFailed)
{
    public static WorkerView Of(V1.WorkerInfo worker) => new(
        worker.Id,
        StateName(worker.State),
        worker.Message.Length > 0 ? worker.Message : null,
        worker.Address,
        worker.Device,
        worker.DeviceName,
        worker.Lanes,
        worker.MaxWindowPixels,
        worker.Version,
        worker.Registered?.ToDateTime(),
        worker.TilesHeld,
        worker.TilesDone,
        worker.TilesFailed);

    /// <summary>Such as <c>busy</c>.</summary>
    public static string StateName(V1.WorkerState state) => state.ToString().ToLowerInvariant();
}
