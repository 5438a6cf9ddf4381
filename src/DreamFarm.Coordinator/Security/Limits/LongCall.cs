namespace DreamFarm.Coordinator;

/// <summary>What takes long, and of which there may be only so many at a time.</summary>
internal enum LongCall
{
    /// <summary>Sends a file.</summary>
    Upload,

    /// <summary>Follows a job.</summary>
    Watch,
}
