using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace DreamFarm.Coordinator;

/// <summary>Where a PostgreSQL database is, from a URL such as <c>postgres://user:password@host:5432/database?sslmode=verify-full</c>.</summary>
/// <param name="ConnectionString">For Npgsql, with the password.</param>
/// <param name="Display">For messages, without it.</param>
internal sealed record PostgresAddress(string ConnectionString, string Display)
{
    private const string Example = "postgres://user:password@host:5432/database?sslmode=verify-full";

    private static readonly Dictionary<string, SslMode> SslModes = new(StringComparer.Ordinal)
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private static readonly Dictionary<string, Action<NpgsqlConnectionStringBuilder, string>> Parameters = new(StringComparer.Ordinal)
    {
        ["sslmode"] = (builder, value) => builder.SslMode = SslModes.TryGetValue(value, out var mode)
            ? mode : throw new FormatException($"sslmode is one of {string.Join(", ", SslModes.Keys)}"),
        ["sslrootcert"] = (builder, value) => builder.RootCertificate = value,
        ["sslcert"] = (builder, value) => builder.SslCertificate = value,
        ["sslkey"] = (builder, value) => builder.SslKey = value,
        ["connect_timeout"] = (builder, value) => builder.Timeout =
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds is >= 1 and <= 1024
            ? seconds : throw new FormatException("connect_timeout is 1 to 1024 seconds"),
        // A folder: the server's Unix socket.
        ["host"] = (builder, value) => builder.Host = value,
    };

    /// <param name="problem">One sentence that repeats nothing of what might be a password.</param>
    public static bool TryParse(string url, [NotNullWhen(true)] out PostgresAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        if (!url.StartsWith("postgres://", StringComparison.Ordinal) && !url.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            problem = $"the store must be a URL such as {Example}; without one, jobs are kept in a file in the data folder";
            return false;
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            problem = $"the store's URL cannot be read: it must look like {Example}, with %XX for what is special in a name or password (%2F for /, %40 for @, %23 for #)";
            return false;
        }
        if (uri.Fragment.Length > 0)
        {
            problem = "the store's URL has a #: in a name or password it is written %23";
            return false;
        }
        try
        {
            address = Read(uri);
            problem = null;
            return true;
        }
        catch (FormatException e)
        {
            problem = $"the store's URL cannot be used: {e.Message}";
            return false;
        }
    }

    private static PostgresAddress Read(Uri uri)
    {
        // The pool is for readers: there is one writer.
        var builder = new NpgsqlConnectionStringBuilder { Timeout = 5, KeepAlive = 30, MaxPoolSize = 16, MaxAutoPrepare = 50, ApplicationName = "dreamfarm" };
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length == 0)
            throw new FormatException($"it names no user: it must look like {Example}");
        builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        builder.Database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        if (builder.Database.Length == 0 || builder.Database.Contains('/', StringComparison.Ordinal))
            throw new FormatException($"it names no database: it must look like {Example}");
        builder.Host = uri.IdnHost;
        builder.Port = uri.Port > 0 ? uri.Port : 5432;
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length < 2 || !Parameters.TryGetValue(parts[0], out var set))
                throw new FormatException($"behind the ? it takes {string.Join(", ", Parameters.Keys.Select(name => name + "="))} only");
            set(builder, Uri.UnescapeDataString(parts[1]));
        }
        if (builder.Host.Length == 0)
            throw new FormatException($"it names no host: it must look like {Example}");
        return new PostgresAddress(builder.ToString(), $"postgres://{user[0]}@{builder.Host}:{builder.Port}/{builder.Database}");
    }
}
