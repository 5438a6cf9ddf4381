namespace DreamFarm.Coordinator;

/// <summary>What is kept of a token, which is anything but the token itself.</summary>
/// <param name="Id">By which it is revoked; no secret.</param>
/// <param name="Owner">Whose it is: what he submits with it is his, and so is what he submitted with another of his.</param>
/// <param name="Roles">What it allows: view, submit, operate, work.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when on it is good for nothing; null for never.</param>
/// <param name="Revoked">Since when it is good for nothing; null if it is good.</param>
public sealed record TokenRecord(string Id, string Owner, IReadOnlyList<string> Roles, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? Revoked);
