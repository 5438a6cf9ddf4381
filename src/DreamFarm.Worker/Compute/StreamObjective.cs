using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.V1;

namespace DreamFarm.Worker;

/// <summary>An objective as one stream knows it.</summary>
/// <param name="Lease">Its engine.</param>
/// <param name="Ready">The engine and what it computes, once loaded; fails with one sentence.</param>
internal sealed record StreamObjective(EngineLease Lease, Task<WindowTask> Ready)
{
    public static StreamObjective Load(ObjectiveSetup setup, EngineCache engines)
    {
        var lease = engines.Lease(setup.Network, setup.WeightsSha256);
        return new StreamObjective(lease, ReadAsync(setup, lease, engines));
    }

    private static async Task<WindowTask> ReadAsync(ObjectiveSetup setup, EngineLease lease, EngineCache engines)
    {
        var engine = await lease.Engine;
        var geometry = new NetworkGeometry(engine.Network);
        if (setup.MeasuredLayers.Count > 0)
            return Measurement(engine, geometry, setup.MeasuredLayers);
        if (!ObjectiveSyntax.TryParse(setup.Objective, geometry, out var objective, out var problem))
            throw new WorkerException(problem);
        if (setup.CanvasHeight < 1 || setup.CanvasWidth < 1)
            throw new WorkerException($"a canvas of {setup.CanvasWidth}x{setup.CanvasHeight} pixels is empty");
        long fitting = engines.MaxWindowPixels(geometry, geometry.Evaluate(objective.Layers));
        if (setup.LargestWindowPixels > fitting)
            throw new WorkerException($"it can hold windows of {fitting} pixels for {string.Join(" and ", objective.Layers)} of {engine.Network.Name}, the job's are up to {setup.LargestWindowPixels}");
        var guide = objective.GuidedLayers.Count == 0 ? null : await engines.OpenGuideAsync(setup.GuideSha256, objective, geometry);
        var boundary = setup.Boundary == Protocol.V1.Boundary.Reflect ? Dreaming.Boundary.Reflect : Dreaming.Boundary.Wrap;
        return new WindowTask(engine, new OctaveObjective(geometry, objective, setup.CanvasHeight, setup.CanvasWidth, boundary, guide), null);
    }

    private static WindowTask Measurement(GradientEngine engine, NetworkGeometry geometry, IReadOnlyList<string> layers)
    {
        if (layers.FirstOrDefault(layer => engine.Network.Layers.All(known => known.Name != layer)) is { } unknown)
            throw new WorkerException($"{engine.Network.Name} has no layer {unknown}");
        return new WindowTask(engine, null, new ChannelMeasurement(geometry, layers));
    }
}
