namespace DreamFarm.Coordinator;

/// <summary>What is the matter with a store.</summary>
internal enum StoreTrouble
{
    /// <summary>Not the store's fault: what was asked of it is wrong.</summary>
    None,

    /// <summary>It does not answer now, and may later.</summary>
    Away,

    /// <summary>It has no room.</summary>
    Full,

    /// <summary>It will not do before somebody changes it or the program.</summary>
    Unfit,
}
