namespace DreamFarm.Farm.Tests;

/// <summary>What a <see cref="FaultyProxy"/> does to bytes.</summary>
internal enum NetworkFault
{
    None,

    /// <summary>Closes what is open and refuses what comes.</summary>
    Drop,

    /// <summary>Keeps everything back and closes nothing, like a cable that was pulled.</summary>
    Hold,

    Delay,

    /// <summary>Passes half of what comes next and closes.</summary>
    Truncate,

    /// <summary>Flips a bit in everything of more than 64 bytes.</summary>
    Damage,
}
