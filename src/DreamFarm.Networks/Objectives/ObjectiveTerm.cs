using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>
/// A layer's share in an objective: weight x mean over the canvas's cells of what <see cref="Kind"/> makes of the chosen channels. The
/// mean divides by <c>(H / s) * (W / s)</c> for a canvas of H x W pixels and a layer of stride s, and by the number of channels chosen; for
/// a layer behind a global operation, which has one cell, by the channels alone; for one neuron by nothing.
/// </summary>
/// <param name="Kind">What is made of activations.</param>
/// <param name="Layer">The layer's own name, no alias.</param>
/// <param name="Channels">Which of the layer's channels count.</param>
/// <param name="Weight">Not 0, its magnitude 1e-12 to 1e12; a negative one suppresses what the term sees.</param>
public sealed record ObjectiveTerm(ObjectiveKind Kind, string Layer, ChannelSelection Channels, double Weight)
{
    /// <summary>The canonical text, such as <c>l2(4c[3,17]):1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Weight:R}");

    /// <summary>The term without its weight: no two terms of an objective have the same.</summary>
    internal string Name => $"{ObjectiveSyntax.NameOf(Kind)}({Layer}{(Channels is AllChannels ? "" : $"[{Channels}]")})";
}
