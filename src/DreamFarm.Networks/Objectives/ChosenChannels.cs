namespace DreamFarm.Networks;

/// <summary>Channels by their numbers, such as <c>12,40-44</c>.</summary>
public sealed record ChosenChannels : ChannelSelection
{
    /// <param name="channels">At least one; in any order, each at most once.</param>
    /// <exception cref="ArgumentException">There is none, one occurs twice, or one is negative.</exception>
    public ChosenChannels(IEnumerable<int> channels)
        : this(channels.Select(channel => new ChannelRange(channel, channel)))
    {
    }

    /// <param name="ranges">At least one; in any order, without overlap.</param>
    /// <exception cref="ArgumentException">There is none, two overlap, or one is negative or ends before it begins.</exception>
    public ChosenChannels(IEnumerable<ChannelRange> ranges)
    {
        var joined = new List<ChannelRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (range.First < 0 || range.Last < range.First || (joined.Count > 0 && range.First <= joined[^1].Last))
                throw new ArgumentException($"The channels {range} are none, or stand twice.", nameof(ranges));
            if (joined.Count > 0 && range.First == joined[^1].Last + 1)
                joined[^1] = new ChannelRange(joined[^1].First, range.Last);
            else
                joined.Add(range);
        }
        if (joined.Count == 0)
            throw new ArgumentException("At least one channel is needed.", nameof(ranges));
        Ranges = joined;
    }

    /// <summary>In ascending order, with at least one channel left out between two of them.</summary>
    public IReadOnlyList<ChannelRange> Ranges { get; }

    /// <summary>How many channels are chosen.</summary>
    public int Count => Ranges.Sum(range => range.Count);

    /// <inheritdoc/>
    public bool Equals(ChosenChannels? other) => other is not null && Ranges.SequenceEqual(other.Ranges);

    /// <inheritdoc/>
    public override int GetHashCode() => Ranges.Aggregate(0, HashCode.Combine);

    private protected override string Text => string.Join(',', Ranges);
}
