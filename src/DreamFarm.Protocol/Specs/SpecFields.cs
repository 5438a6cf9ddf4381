using DreamFarm.Dreaming;

namespace DreamFarm.Protocol.Specs;

/// <summary>The ranges of a spec's numbers: what the messages' comments promise, in one place for clients and coordinator.</summary>
public static class SpecFields
{
    /// <summary>The largest canvas, pixels: 1,000 megapixels.</summary>
    public const long MaximumPixels = 1_000_000_000;

    /// <summary>Number of octaves.</summary>
    public static IntegerField Octaves { get; } = new("--octaves", 1, 32);

    /// <summary>Size of an octave over the one before.</summary>
    public static NumberField OctaveScale { get; } = new("--octave-scale", 1.01, 8);

    /// <summary>Steps in every octave.</summary>
    public static IntegerField Steps { get; } = new("--steps", 1, 10_000);

    /// <summary>Standard deviation of the smoothing of the gradient, pixels.</summary>
    public static NumberField Gaussian { get; } = new("--filter gaussian:SIGMA", 0.25, 16);

    /// <summary>Levels of detail of the gradient's pyramid.</summary>
    public static IntegerField Laplacian { get; } = new("--filter laplacian:LEVELS", 1, 6);

    /// <summary>Length of a step in what the normaliser measures of the gradient, on a canvas in [-1, 1].</summary>
    public static NumberField StepSize { get; } = new("--step-size", 0, 1, AboveMinimum: true);

    /// <summary>0 lets the plan choose.</summary>
    public static IntegerField Tile { get; } = new("--tile", 0, 65_536, "pixels");

    /// <summary>The roll's range; 0 is no roll.</summary>
    public static IntegerField MaxRoll { get; } = new("--max-roll", 0, 65_536, "pixels");

    /// <summary>Context on every side of a core.</summary>
    public static IntegerField Context { get; } = new("--context", 0, 4_096, "pixels");

    /// <summary>Canvas over input size.</summary>
    public static NumberField Scale { get; } = new("--scale", 0.01, 64);

    /// <summary>A side of the canvas, or of the picture that results. The lower end is the smallest octave's.</summary>
    public static IntegerField OutputSide { get; } = new("--output-size", Plan.SmallestSide, 1_000_000, "pixels on each side");
}
