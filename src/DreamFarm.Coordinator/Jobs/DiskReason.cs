namespace DreamFarm.Coordinator;

/// <summary>Why the coordinator's disk refused a file, to end a sentence with: for people who have no use for its paths.</summary>
internal static class DiskReason
{
    /// <summary>Such as <c>the disk is full</c>.</summary>
    public static string Of(Exception failure)
    {
        string message = failure.Message;
        // The runtime says the second where space is reserved, the C library the first everywhere else.
        if (message.Contains("No space left on device", StringComparison.Ordinal) || message.Contains("disk was full", StringComparison.Ordinal))
            return "the disk is full";
        int path = message.IndexOf(" : '", StringComparison.Ordinal);
        return (path < 0 ? message : message[..path]).TrimEnd('.');
    }
}
