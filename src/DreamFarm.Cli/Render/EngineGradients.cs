using System.Buffers;
using System.Collections.Concurrent;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Render;

/// <summary>The engine of this process as the source of a dream's gradients.</summary>
internal sealed class EngineGradients : IGradientSource, IDisposable
{
    private readonly GradientEngine _engine;
    private readonly NetworkGeometry _geometry;
    private readonly Boundary _boundary;
    private readonly GuideFeatures? _guide;
    private readonly ConcurrentDictionary<(int Octave, string Text), OctaveObjective> _objectives = [];

    // One window waits cut while every lane computes as many as it can.
    private readonly SemaphoreSlim _room;

    public EngineGradients(GradientEngine engine, JobPlan job, GuideFeatures? guide)
    {
        _engine = engine;
        _geometry = new NetworkGeometry(job.Network);
        (_boundary, _guide) = (job.Plan.Spec.Boundary, guide);
        _room = new SemaphoreSlim(engine.Places + 1);
    }

    /// <inheritdoc/>
    public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation) => WithWindowAsync(request, async (shape, window) =>
    {
        var core = MemoryPool<Half>.Shared.Rent(shape.CoreValues);
        try
        {
            var result = await _engine.ComputeAsync(ObjectiveOf(request), shape, window, core.Memory[..shape.CoreValues], cancellation);
            return new CoreGradient(core, shape.CoreValues, result.Exponent, result.Loss);
        }
        catch
        {
            core.Dispose();
            throw;
        }
    }, cancellation);

    /// <inheritdoc/>
    public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation)
    {
        var measurement = new ChannelMeasurement(_geometry, [.. layers.Select(layer => layer.Layer)]);
        return WithWindowAsync(request, (shape, window) => _engine.MeasureAsync(measurement, shape, window, cancellation), cancellation);
    }

    private OctaveObjective ObjectiveOf(WindowRequest request) => _objectives.GetOrAdd((request.Octave.Index, request.Objective), _ =>
        ObjectiveSyntax.TryParse(request.Objective, _geometry, out var objective, out string? problem)
            ? new OctaveObjective(_geometry, objective, request.Octave.Size.Height, request.Octave.Size.Width, _boundary, _guide)
            : throw new InvalidOperationException(problem));

    private async Task<T> WithWindowAsync<T>(WindowRequest request, Func<WindowShape, Memory<short>, Task<T>> compute, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        try
        {
            var shape = request.Tile.Shape;
            using var owner = MemoryPool<short>.Shared.Rent(shape.WindowValues);
            var window = owner.Memory[..shape.WindowValues];
            await request.CutAsync(window, cancellation);
            try
            {
                return await compute(shape, window);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new GradientException(
                    $"octave {request.Octave.Index + 1}, step {request.Step + 1}: a window of {shape.Width}x{shape.Height} pixels could not be computed: {e.Message}", e);
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
