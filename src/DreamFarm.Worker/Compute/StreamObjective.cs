using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.V1;

namespace DreamFarm.Worker;

/// <summary>An objective as one stream knows it.</summary>
/// <param name="Lease">Its engine.</param>
/// <param name="Ready">The engine and the objective, once loaded; fails with one sentence.</param>
internal sealed record StreamObjective(EngineLease Lease, Task<(GradientEngine Engine, OctaveObjective Objective)> Ready)
{
    public static StreamObjective Load(ObjectiveSetup setup, EngineCache engines)
    {
        var lease = engines.Lease(setup.Network, setup.WeightsSha256);
        return new StreamObjective(lease, ReadAsync(setup, lease));
    }

    private static async Task<(GradientEngine, OctaveObjective)> ReadAsync(ObjectiveSetup setup, EngineLease lease)
    {
        var engine = await lease.Engine;
        var geometry = new NetworkGeometry(engine.Network);
        if (!ObjectiveSyntax.TryParse(setup.Objective, geometry, out var objective, out var problem))
            throw new WorkerException(problem);
        if (setup.CanvasHeight < 1 || setup.CanvasWidth < 1)
            throw new WorkerException($"a canvas of {setup.CanvasWidth}x{setup.CanvasHeight} pixels is empty");
        return (engine, new OctaveObjective(geometry, objective, setup.CanvasHeight, setup.CanvasWidth));
    }
}
