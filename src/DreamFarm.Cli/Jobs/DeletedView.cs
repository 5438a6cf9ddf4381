namespace DreamFarm.Cli.Jobs;

/// <summary>A job that is no more, as --json shows it.</summary>
internal sealed record DeletedView(string Id)
{
    public bool Deleted => true;
}
