using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

namespace DreamFarm.Coordinator.Tests;

/// <summary>A small real job on the built-in network, and its gradients as one engine in this process computes them.</summary>
internal sealed class MotifJob : IDisposable
{
    private const string Text = "l2(3b):1";

    private readonly GradientEngine _engine;
    private readonly Objective _objective;

    public MotifJob()
    {
        var network = NetworkCatalog.Default;
        using var weights = NetworkWeights.Load(network, WeightFile.OpenBuiltIn(network)!);
        _engine = new GradientEngine(weights, new EngineOptions { Lanes = 1 });
        if (!ObjectiveSyntax.TryParse(Text, new NetworkGeometry(network), out _objective!, out var problem))
            throw new InvalidOperationException(problem);
        int stride = new NetworkGeometry(network).Evaluate(["3b"]).Stride;
        Plan = Plan.Create(
            new DreamSpec { Input = new Size(200, 230), Output = new Size(200, 230), Octaves = 2, Stride = stride, Context = 2 * stride, Tile = 8 * stride, MaxRoll = 32 },
            out problem) ?? throw new InvalidOperationException(problem);
        Target = JobTarget.For("job", network.Name, "", _objective, Plan);
    }

    public Plan Plan { get; }

    public JobTarget Target { get; }

    public IEnumerable<WindowRequest> Requests(int step)
    {
        foreach (var octave in Plan.Octaves)
        {
            var tiles = octave.TilesAt(step);
            for (int i = 0; i < tiles.Count; i++)
            {
                var tile = tiles[i / tiles.Columns, i % tiles.Columns];
                yield return new WindowRequest { Octave = octave, Step = step, Tile = tile, Objective = _objective.ToString(), CutAsync = (window, _) => Cut(tile, window) };
            }
        }
    }

    /// <summary>Has all tiles of a step computed at once and returns how many were not what the engine here says, to the last bit.</summary>
    public async Task<int> CountWrongAsync(IGradientSource source, int step)
    {
        var answers = await Task.WhenAll(Requests(step).Select(async request => (request, gradient: await source.ComputeAsync(request, CancellationToken.None))));
        int wrong = 0;
        foreach (var (request, gradient) in answers)
        {
            var shape = request.Tile.Shape;
            var window = new short[shape.WindowValues];
            await request.CutAsync(window, CancellationToken.None);
            var core = new Half[shape.CoreValues];
            var objective = new OctaveObjective(new NetworkGeometry(_engine.Network), _objective, request.Octave.Size.Height, request.Octave.Size.Width);
            var result = await _engine.ComputeAsync(objective, shape, window, core, CancellationToken.None);
            if (result.Exponent != gradient.Exponent || result.Loss != gradient.Loss || !gradient.Values.Span.SequenceEqual(core))
                wrong++;
            gradient.Dispose();
        }
        return wrong;
    }

    /// <summary>Has all tiles of the first step measured at once, and returns how many sums were not what the engine here says, to the last bit.</summary>
    public async Task<int> CountWrongSumsAsync(IGradientSource source)
    {
        var geometry = new NetworkGeometry(_engine.Network);
        MeasuredLayer[] layers = [new("3b", geometry["3b"].Channels), new("conv3", geometry["conv3"].Channels)];
        var measurement = new ChannelMeasurement(geometry, [.. layers.Select(layer => layer.Layer)]);
        var answers = await Task.WhenAll(Requests(0).Select(async request => (request, sums: await source.MeasureAsync(request, layers, CancellationToken.None))));
        int wrong = 0;
        foreach (var (request, sums) in answers)
        {
            var window = new short[request.Tile.Shape.WindowValues];
            await request.CutAsync(window, CancellationToken.None);
            double[] here = await _engine.MeasureAsync(measurement, request.Tile.Shape, window, CancellationToken.None);
            if (!sums.AsSpan().SequenceEqual(here))
                wrong++;
        }
        return wrong;
    }

    public void Dispose() => _engine.Dispose();

    private static ValueTask Cut(Tile tile, Memory<short> window)
    {
        var pixels = window.Span;
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (short)(SplitMix64.Mix((ulong)(i + 1000 * tile.Row + 31 * tile.Column)) % 32767);
        return ValueTask.CompletedTask;
    }
}
