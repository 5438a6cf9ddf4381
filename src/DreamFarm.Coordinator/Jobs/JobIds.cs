using System.Security.Cryptography;

namespace DreamFarm.Coordinator;

/// <summary>Names of jobs: short enough to type, too many to guess.</summary>
internal static class JobIds
{
    private const string Prefix = "d-";
    private const int Length = 10;

    // Without letters and digits that are taken for one another.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>"d-" and ten letters and digits.</summary>
    public static string New() => Prefix + RandomNumberGenerator.GetString(Letters, Length);

    /// <summary>Whether it looks like a job's name.</summary>
    public static bool CanBe(string id) =>
        id.Length == Prefix.Length + Length && id.StartsWith(Prefix, StringComparison.Ordinal) && !id.AsSpan(Prefix.Length).ContainsAnyExcept(Letters);
}
