using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>
/// So many channels as a measurement on the canvas ranks them, such as <c>strongest 5 once</c>. They become
/// <see cref="ChosenChannels"/> before any gradient is computed.
/// </summary>
/// <param name="Rank">By what they are chosen.</param>
/// <param name="Count">How many; at least 1, at most the layer's channels.</param>
/// <param name="Once">Measured at the first octave alone, rather than at the start of every one.</param>
public sealed record RankedChannels(ChannelRank Rank, int Count, bool Once) : ChannelSelection
{
    private protected override string Text => string.Create(CultureInfo.InvariantCulture, $"{ObjectiveSyntax.NameOf(Rank)} {Count}{(Once ? " once" : "")}");
}
