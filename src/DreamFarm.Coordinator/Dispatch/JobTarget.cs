using DreamFarm.Dreaming;
using DreamFarm.Networks;
using DreamFarm.Protocol.V1;
using Boundary = DreamFarm.Dreaming.Boundary;
using Objective = DreamFarm.Networks.Objective;
using Size = DreamFarm.Dreaming.Size;

namespace DreamFarm.Coordinator;

/// <summary>What the windows of one job have in common, as far as workers need to know it.</summary>
internal sealed record JobTarget
{
    public required string JobId { get; init; }

    /// <summary>Whose job it is: within a priority, owners share the workers' time.</summary>
    public string Owner { get; init; } = JobRecord.LocalOwner;

    /// <summary>Tiles of a job of higher priority come first.</summary>
    public int Priority { get; init; }

    /// <summary>Name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>SHA-256 of the weights' file, lowercase hexadecimal; empty for the network's built-in weights.</summary>
    public string WeightsSha256 { get; init; } = "";

    /// <summary>The canonical text of what <see cref="ProbeShape"/> is computed with, such as <c>l2(fire8):1</c>.</summary>
    public required string ProbeObjective { get; init; }

    /// <summary>SHA-256 of the guide image's features, lowercase hexadecimal; empty where no layer is guided.</summary>
    public string GuideSha256 { get; init; } = "";

    /// <summary>How the canvas goes on outside the image.</summary>
    public Boundary Boundary { get; init; }

    /// <summary>Whether workers of any numerics class may share the job.</summary>
    public bool Mixed { get; init; }

    /// <summary>A window that none of the job exceeds on either side, pixels.</summary>
    public required Size LargestWindow { get; init; }

    /// <summary>A window of the plan by which workers show their numerics class.</summary>
    public required WindowShape ProbeShape { get; init; }

    /// <summary>Canvas of the octave that <see cref="ProbeShape"/> belongs to, pixels.</summary>
    public required Size ProbeCanvas { get; init; }

    /// <summary>The numerics class that the job has taken before, or null.</summary>
    public string? NumericsClass { get; init; }

    /// <summary>What a worker is told to compute gradients with.</summary>
    /// <param name="objective">With every channel named.</param>
    /// <param name="canvas">Of the octave, pixels.</param>
    public ObjectiveSetup Setup(string objective, Size canvas) => new()
    {
        Network = Network,
        WeightsSha256 = WeightsSha256,
        Objective = objective,
        GuideSha256 = GuideSha256,
        CanvasHeight = canvas.Height,
        CanvasWidth = canvas.Width,
        Boundary = Boundary == Boundary.Wrap ? Protocol.V1.Boundary.Wrap : Protocol.V1.Boundary.Reflect,
        LargestWindowPixels = LargestWindow.Pixels,
    };

    /// <summary>What a worker is told to sum activations with.</summary>
    /// <param name="layers">Whose activations, in the order in which the sums come.</param>
    /// <param name="canvas">Of the octave, pixels.</param>
    public ObjectiveSetup Setup(IReadOnlyList<MeasuredLayer> layers, Size canvas) => new()
    {
        Network = Network,
        WeightsSha256 = WeightsSha256,
        MeasuredLayers = { layers.Select(layer => layer.Layer) },
        CanvasHeight = canvas.Height,
        CanvasWidth = canvas.Width,
    };

    /// <summary>
    /// Fills in what follows from a plan. The probe is a window of the last octave, where most of the work is: the one around a neuron, if
    /// the objective has one, for its gradient is zero elsewhere; otherwise the one in the middle.
    /// </summary>
    public static JobTarget For(string jobId, string network, string weightsSha256, Objective objective, Plan plan)
    {
        var octave = plan.Octaves[^1];
        var tiles = octave.TilesAt(step: 0);
        var neuron = objective.Terms.Select(term => term.Channels).OfType<Neuron>().FirstOrDefault()?.PixelOn(octave.Size.Height, octave.Size.Width);
        var (row, column) = neuron is { } pixel ? (tiles.TileRowOf(pixel.Row), tiles.TileColumnOf(pixel.Column)) : (tiles.Rows / 2, tiles.Columns / 2);
        return new JobTarget
        {
            JobId = jobId,
            Network = network,
            WeightsSha256 = weightsSha256,
            ProbeObjective = OctaveObjectives.ProbeOf(objective).ToString(),
            Boundary = plan.Spec.Boundary,
            LargestWindow = new Size(plan.Octaves.Max(each => each.LargestWindow.Height), plan.Octaves.Max(each => each.LargestWindow.Width)),
            ProbeShape = tiles[row, column].Shape,
            ProbeCanvas = octave.Size,
        };
    }
}
