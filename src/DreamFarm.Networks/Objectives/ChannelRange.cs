using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>Consecutive channels.</summary>
/// <param name="First">The first, counted from 0.</param>
/// <param name="Last">The last; it belongs to the range.</param>
public readonly record struct ChannelRange(int First, int Last)
{
    /// <summary>How many channels.</summary>
    public int Count => Last - First + 1;

    /// <summary>Such as <c>40-44</c>, or <c>12</c> for a single channel.</summary>
    public override string ToString() => First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
