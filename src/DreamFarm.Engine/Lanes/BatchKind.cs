namespace DreamFarm.Engine;

/// <summary>What works must have in common to be computed together.</summary>
/// <param name="Asked">The very object that says what is computed.</param>
/// <param name="Height">Of the windows, pixels.</param>
/// <param name="Width">Of the windows, pixels.</param>
/// <param name="Places">Windows that are computed together, empty ones among them.</param>
internal readonly record struct BatchKind(object Asked, int Height, int Width, int Places);
