using System.Text.RegularExpressions;

namespace DreamFarm.Coordinator;

/// <summary>Why the coordinator's disk refused a file, to end a sentence with: for people who have no use for its paths.</summary>
internal static partial class DiskReason
{
    /// <summary>Such as <c>the disk is full</c>.</summary>
    public static string Of(Exception failure)
    {
        if (IsFull(failure))
            return "the disk is full";
        string message = failure.Message;
        int path = message.IndexOf(" : '", StringComparison.Ordinal);
        // "Could not find file '/a/b'.", "Access to the path '/a/b' is denied."
        return QuotedPath().Replace(path < 0 ? message : message[..path], "").TrimEnd('.');
    }

    /// <summary>Whether it is that the disk is full, which passes.</summary>
    // The runtime says the second where space is reserved, the C library the first everywhere else.
    public static bool IsFull(Exception failure) =>
        failure is IOException && (failure.Message.Contains("No space left on device", StringComparison.Ordinal) || failure.Message.Contains("disk was full", StringComparison.Ordinal))
        || failure.InnerException is { } inner && IsFull(inner);

    [GeneratedRegex(" '[^']*'")]
    private static partial Regex QuotedPath();
}
