namespace DreamFarm.Protocol.Specs;

/// <summary>The ranges of what a submission says beside its spec, in one place for clients and coordinator.</summary>
public static class SubmitFields
{
    /// <summary>Jobs of a higher priority come first; 0 is usual.</summary>
    public static IntegerField Priority { get; } = new("--priority", -100, 100);

    /// <summary>Null if it can be a submission id: empty, or 16 to 64 letters, digits and hyphens. Otherwise one sentence.</summary>
    public static string? CheckSubmissionId(string id) =>
        id.Length == 0 || (id.Length is >= 16 and <= 64 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
            ? null
            : "submission_id must be 16 to 64 letters, digits and hyphens, or empty";
}
