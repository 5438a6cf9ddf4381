namespace DreamFarm.Cli.Specs;

/// <summary>The line of a spec file in which something was said.</summary>
/// <param name="File">As sentences call it.</param>
/// <param name="Line">From 1.</param>
internal sealed record SpecOrigin(string File, long Line)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}, line {Line}";
}
