namespace DreamFarm.Coordinator;

/// <summary>
/// The SQL database behind the store, the same to its callers whichever it is. Its SQL keeps to what SQLite and PostgreSQL share:
/// parameters are <c>@name</c>; whole numbers are BIGINT, times BIGINT too (<see cref="SqlTime"/>), texts TEXT.
/// </summary>
internal interface IDatabase
{
    /// <summary>Reads what is committed.</summary>
    /// <param name="read">May be run again.</param>
    /// <exception cref="StoreException">The database does not answer for some seconds.</exception>
    Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellation);

    /// <summary>
    /// Writes in a transaction, which is durable when this returns. Writes happen one after another, in the order of the calls; those that come
    /// at the same time are committed together.
    /// </summary>
    /// <param name="write">
    /// May be run again, even after it was committed if the answer to that was lost: then it must come to the same.
    /// What it throws undoes what it did and reaches the caller.
    /// </param>
    /// <param name="patience">Whether to wait for a database that is away or full.</param>
    /// <param name="cancellation">Gives up before the write has begun, not later.</param>
    /// <exception cref="StoreException">The database is away or full, and patience at its end.</exception>
    Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, StorePatience patience, CancellationToken cancellation);
}
