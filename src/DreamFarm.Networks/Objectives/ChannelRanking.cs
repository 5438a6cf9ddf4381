namespace DreamFarm.Networks;

/// <summary>Chooses channels by their mean activation over the canvas.</summary>
internal static class ChannelRanking
{
    /// <summary>
    /// The channels of the highest means, of the lowest, or of those that lie nearest to the mean of all channels' means; of equals the
    /// lower channel.
    /// </summary>
    /// <param name="means">A mean for each of the layer's channels.</param>
    public static ChosenChannels Choose(RankedChannels ranked, ReadOnlySpan<double> means)
    {
        double all = 0;
        foreach (double mean in means)
            all += mean;
        all /= means.Length;

        // Smallest first.
        var places = new double[means.Length];
        for (int channel = 0; channel < places.Length; channel++)
        {
            places[channel] = ranked.Rank switch
            {
                ChannelRank.Strongest => -means[channel],
                ChannelRank.Weakest => means[channel],
                _ => Math.Abs(means[channel] - all),
            };
        }
        return new ChosenChannels(Enumerable.Range(0, places.Length).OrderBy(channel => places[channel]).ThenBy(channel => channel).Take(ranked.Count));
    }
}
