using System.CommandLine;
using DreamFarm.Cli.Settings;
using DreamFarm.Coordinator;

namespace DreamFarm.Cli.Servers;

/// <summary>The flags that say where a coordinator keeps what it must not forget.</summary>
internal sealed class StoreFlags
{
    private readonly Setting _data = new("--data", "DIR", "folder of the jobs and their files", CoordinatorOptions.DefaultDataFolder);
    private readonly Setting _store = new("--store", "URL", "PostgreSQL database of the jobs, postgres://USER:PASSWORD@HOST:PORT/DATABASE; without one they are in DIR/dreamfarm.db");

    /// <summary>Adds the flags to a command.</summary>
    public StoreFlags(Command command)
    {
        command.Add(_data.Option);
        command.Add(_store.Option);
    }

    /// <summary>A coordinator's options that have these, and nothing else.</summary>
    public CoordinatorOptions Read(ParseResult parsed) => new() { DataFolder = Path.GetFullPath(_data.Value(parsed)!), Store = _store.Value(parsed) };
}
