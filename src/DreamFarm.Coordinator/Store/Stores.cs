using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Chooses the database that the options name.</summary>
internal static class Stores
{
    /// <exception cref="StoreException">The URL makes no sense; the message repeats no password.</exception>
    public static Database Create(CoordinatorOptions options, TimeProvider time, ILogger<Database> log)
    {
        if (options.Store is null)
            return new SqliteDatabase(Path.Combine(options.DataFolder, "dreamfarm.db"), Migration.All, time, log);
        if (!PostgresAddress.TryParse(options.Store, out var address, out string? problem))
            throw new StoreException(problem, StoreTrouble.Unfit);
        return new PostgresDatabase(address, Migration.All, time, log);
    }
}
