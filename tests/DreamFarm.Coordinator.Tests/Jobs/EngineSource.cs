using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Coordinator.Tests;

/// <summary>The engine in this process as a source of gradients.</summary>
internal sealed class EngineSource(GradientEngine engine, JobPlan job) : IGradientSource
{
    private readonly OctaveObjective[] _objectives = [.. job.Plan.Octaves.Select(octave =>
        new OctaveObjective(new NetworkGeometry(job.Network), job.Objective, octave.Size.Height, octave.Size.Width))];

    public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
    {
        var shape = request.Tile.Shape;
        using var window = new NativePixels<short>(shape.WindowValues);
        await request.CutAsync(window.Memory, cancellation);
        var core = new NativePixels<Half>(shape.CoreValues);
        var result = await engine.ComputeAsync(_objectives[request.Octave.Index], shape, window.Memory, core.Memory, cancellation);
        return new CoreGradient(core, shape.CoreValues, result.Exponent, result.Loss);
    }
}
