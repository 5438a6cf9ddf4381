namespace DreamFarm.Coordinator;

/// <summary>What a caller may do. Methods and pages name the role that they ask for by <c>[Authorize(Roles = ...)]</c>.</summary>
internal static class Roles
{
    /// <summary>Sees his own jobs and their results.</summary>
    public const string View = "view";

    /// <summary>Also submits jobs, and commands his own.</summary>
    public const string Submit = "submit";

    /// <summary>Sees and commands everybody's jobs, and the workers.</summary>
    public const string Operate = "operate";

    /// <summary>Registers as a worker and fetches what workers need; nothing else.</summary>
    public const string Work = "work";

    /// <summary>All of them, as they are made by <c>tokens create</c>.</summary>
    public static readonly IReadOnlyList<string> All = [View, Submit, Operate, Work];

    /// <summary>A role with those that it contains.</summary>
    public static IReadOnlyList<string> Including(string role) => role switch
    {
        Operate => [Operate, Submit, View],
        Submit => [Submit, View],
        _ => [role],
    };
}
