namespace DreamFarm.Dreaming;

/// <summary>Everything that decides a dream apart from the network: what a <see cref="Plan"/> is made from.</summary>
public sealed record DreamSpec
{
    /// <summary>Size of the input image, pixels.</summary>
    public required Size Input { get; init; }

    /// <summary>Size of the canvas at the last octave, pixels.</summary>
    public required Size Output { get; init; }

    /// <summary>Number of octaves, at least 1.</summary>
    public int Octaves { get; init; } = 1;

    /// <summary>Size of an octave over the size of the one before, above 1.</summary>
    public double OctaveScale { get; init; } = 1.4;

    /// <summary>How the dream goes from one octave to the next.</summary>
    public OctaveMode OctaveMode { get; init; } = OctaveMode.Detail;

    /// <summary>Steps in every octave.</summary>
    public int Steps { get; init; } = 4;

    /// <summary>Length of a step, in what <see cref="Normaliser"/> measures of the gradient, on a canvas in [-1, 1].</summary>
    public double StepSize { get; init; } = 0.02;

    /// <summary>What the gradient is divided by before the step.</summary>
    public Normaliser Normaliser { get; init; } = Normaliser.StandardDeviation;

    /// <summary>What is done to the gradient before it is normalised; null for nothing.</summary>
    public GradientFilter? Filter { get; init; }

    /// <summary>Weight with which the mean total variation of the canvas's values is subtracted from the objective; 0 for not at all.</summary>
    public double TotalVariation { get; init; }

    /// <summary>
    /// Weight with which the mean squared difference of the canvas's values from the original at the octave's size is subtracted
    /// from the objective; 0 for not at all.
    /// </summary>
    public double Distance { get; init; }

    /// <summary>Side of a tile's core in pixels, a multiple of <see cref="Stride"/>; 0 lets the plan choose.</summary>
    public int Tile { get; init; }

    /// <summary>The stride grid that all windows share, pixels.</summary>
    public required int Stride { get; init; }

    /// <summary>Context on every side of a core, pixels, a multiple of <see cref="Stride"/>.</summary>
    public required int Context { get; init; }

    /// <summary>The roll's range, pixels; 0 is no roll.</summary>
    public int MaxRoll { get; init; } = 512;

    /// <summary>How the canvas goes on outside the image.</summary>
    public Boundary Boundary { get; init; } = Boundary.Wrap;

    /// <summary>Seed of the rolls.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the objective has terms that bands compute from pixels alone.</summary>
    internal bool HasPixelTerms => TotalVariation > 0 || Distance > 0;
}
