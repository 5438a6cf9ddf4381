namespace DreamFarm.Training;

/// <summary>What is known of one picture of a set.</summary>
/// <param name="Label">Which of the set's classes it shows.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
public readonly record struct Picture(int Label, int Height, int Width);
