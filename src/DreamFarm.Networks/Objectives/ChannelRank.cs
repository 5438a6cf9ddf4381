namespace DreamFarm.Networks;

/// <summary>By what channels are chosen that a measurement ranks: their mean activation over the canvas.</summary>
public enum ChannelRank
{
    /// <summary>The highest means.</summary>
    Strongest,

    /// <summary>The lowest means.</summary>
    Weakest,

    /// <summary>The means that lie nearest to the mean of all channels.</summary>
    Average,
}
