using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>
/// One channel at one cell, such as <c>12@0.5/0.25</c>: the cell whose interval of pixels holds the point. Its place is a part of the
/// canvas, so that it is the same in every octave and under every roll.
/// </summary>
/// <param name="Channel">Counted from 0.</param>
/// <param name="X">Of the canvas's width, 0 (left) to 1 (right).</param>
/// <param name="Y">Of the canvas's height, 0 (top) to 1 (bottom).</param>
public sealed record Neuron(int Channel, double X, double Y) : ChannelSelection
{
    /// <summary>The pixel that the point lies in, on a canvas of so many rows and columns.</summary>
    public (int Row, int Column) PixelOn(int height, int width) =>
        ((int)Math.Min(Math.Floor(Y * height), height - 1), (int)Math.Min(Math.Floor(X * width), width - 1));

    private protected override string Text => string.Create(CultureInfo.InvariantCulture, $"{Channel}@{X:R}/{Y:R}");
}
