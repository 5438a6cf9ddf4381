using System.Buffers;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Render;

/// <summary>The engine of this process as the source of a dream's gradients.</summary>
internal sealed class EngineGradients : IGradientSource, IDisposable
{
    private readonly GradientEngine _engine;
    private readonly OctaveObjective[] _objectives;

    // One window waits cut while every lane computes.
    private readonly SemaphoreSlim _room;

    public EngineGradients(GradientEngine engine, JobPlan job)
    {
        _engine = engine;
        var geometry = new NetworkGeometry(job.Network);
        _objectives = [.. job.Plan.Octaves.Select(octave => new OctaveObjective(geometry, job.Objective, octave.Size.Height, octave.Size.Width))];
        _room = new SemaphoreSlim(engine.Lanes + 1);
    }

    /// <inheritdoc/>
    public async Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        try
        {
            var shape = request.Tile.Shape;
            using var windowOwner = MemoryPool<short>.Shared.Rent(shape.WindowValues);
            var window = windowOwner.Memory[..shape.WindowValues];
            await request.CutAsync(window, cancellation);
            var core = MemoryPool<Half>.Shared.Rent(shape.CoreValues);
            try
            {
                var result = await _engine.ComputeAsync(_objectives[request.Octave.Index], shape, window, core.Memory[..shape.CoreValues], cancellation);
                return new CoreGradient(core, shape.CoreValues, result.Exponent, result.Loss);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                core.Dispose();
                throw new GradientException(
                    $"octave {request.Octave.Index + 1}, step {request.Step + 1}: a window of {shape.Width}x{shape.Height} pixels could not be computed: {e.Message}", e);
            }
            catch
            {
                core.Dispose();
                throw;
            }
        }
        finally
        {
            _room.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
