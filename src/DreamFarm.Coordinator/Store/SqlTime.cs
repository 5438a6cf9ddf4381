namespace DreamFarm.Coordinator;

/// <summary>Times as every table keeps them: a whole number of 100 ns since 1970, UTC, the same in every database and exact.</summary>
internal static class SqlTime
{
    public static long ToSql(this DateTimeOffset time) => time.UtcTicks - DateTime.UnixEpoch.Ticks;

    public static long? ToSql(this DateTimeOffset? time) => time?.ToSql();

    public static DateTimeOffset FromSql(long value) => new(DateTime.UnixEpoch.Ticks + value, TimeSpan.Zero);
}
