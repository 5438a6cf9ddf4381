using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Coordinator.Tests;

/// <summary>The engine in this process as a source of gradients.</summary>
internal sealed class EngineSource(GradientEngine engine, JobPlan job) : IGradientSource
{
    private readonly NetworkGeometry _geometry = new(job.Network);

    public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
    {
        var shape = request.Tile.Shape;
        using var window = new NativePixels<short>(shape.WindowValues);
        await request.CutAsync(window.Memory, cancellation);
        var core = new NativePixels<Half>(shape.CoreValues);
        Assert.True(ObjectiveSyntax.TryParse(request.Objective, _geometry, out var objective, out string? problem), problem);
        var result = await engine.ComputeAsync(new OctaveObjective(_geometry, objective, request.Octave.Size.Height, request.Octave.Size.Width), shape, window.Memory, core.Memory, cancellation);
        return new CoreGradient(core, shape.CoreValues, result.Exponent, result.Loss);
    }

    public async Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        var shape = request.Tile.Shape;
        using var window = new NativePixels<short>(shape.WindowValues);
        await request.CutAsync(window.Memory, cancellation);
        var measurement = new ChannelMeasurement(_geometry, [.. layers.Select(layer => layer.Layer)]);
        return await engine.MeasureAsync(measurement, shape, window.Memory, cancellation);
    }
}
