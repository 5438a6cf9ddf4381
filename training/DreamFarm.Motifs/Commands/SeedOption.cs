using System.CommandLine;

namespace DreamFarm.Motifs;

/// <summary><c>--seed</c>, of every command that paints.</summary>
internal static class SeedOption
{
    public static Option<ulong> Create(ulong otherwise = 1) =>
        new("--seed") { HelpName = "S", DefaultValueFactory = _ => otherwise, Description = "other seeds paint other pictures" };
}
