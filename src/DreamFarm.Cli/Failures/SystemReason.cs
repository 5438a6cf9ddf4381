namespace DreamFarm.Cli.Failures;

/// <summary>Why the system refused a file, to end a sentence with that names the file itself.</summary>
internal static class SystemReason
{
    /// <summary>Such as <c>the disk is full</c>, without the path that the runtime adds.</summary>
    public static string Of(Exception failure)
    {
        string message = failure.Message;
        // The runtime says the second where space is reserved, the C library the first everywhere else.
        if (message.Contains("No space left on device", StringComparison.Ordinal) || message.Contains("disk was full", StringComparison.Ordinal))
            return "the disk is full";
        if (message.Contains("Read-only file system", StringComparison.Ordinal))
            return "its file system is read-only";
        int path = message.IndexOf(" : '", StringComparison.Ordinal);
        return (path < 0 ? message : message[..path]).TrimEnd('.');
    }
}
