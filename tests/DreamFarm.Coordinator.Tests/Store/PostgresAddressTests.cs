using Npgsql;

namespace DreamFarm.Coordinator.Tests;

public sealed class PostgresAddressTests
{
    [Fact]
    public void A_url_becomes_the_pairs_that_the_driver_wants()
    {
        Assert.True(PostgresAddress.TryParse("postgres://us%40er:p%2Fw%3D%3B'@db.example:6000/dream%20farm?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=7", out var address, out _));
        var read = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(("us@er", "p/w=;'", "db.example", 6000, "dream farm"), (read.Username, read.Password, read.Host, read.Port, read.Database));
        Assert.Equal((SslMode.VerifyFull, "/etc/ca.pem", 7), (read.SslMode, read.RootCertificate, read.Timeout));
        Assert.Equal("postgres://us%40er@db.example:6000/dream farm", address.Display);
    }

    [Fact]
    public void What_is_not_named_is_what_the_server_usually_has()
    {
        Assert.True(PostgresAddress.TryParse("postgresql://me@[::1]/farm", out var address, out _));
        var read = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(("::1", 5432, null), (read.Host, read.Port, read.Password));
        Assert.True(PostgresAddress.TryParse("postgres://me@localhost/farm?host=%2Frun%2Fpostgresql", out address, out _));
        Assert.Equal("/run/postgresql", new NpgsqlConnectionStringBuilder(address.ConnectionString).Host);
    }

    [Theory]
    [InlineData("mysql://me:hush@host/farm", "must be a URL such as postgres://")]
    [InlineData("Host=db;Password=hush", "must be a URL such as postgres://")]
    [InlineData("postgres://me:hu/hush@host/farm", "with %XX for what is special")]
    [InlineData("postgres://me:#hush@host/farm", "")]
    [InlineData("postgres://host/farm", "names no user")]
    [InlineData("postgres://me:hush@host", "names no database")]
    [InlineData("postgres://me:hush@host/a/b", "names no database")]
    [InlineData("postgres://me:hush@host/farm?sslmode=maybe", "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full")]
    [InlineData("postgres://me:hush@host/farm?password=hush", "behind the ? it takes sslmode=, sslrootcert=")]
    [InlineData("postgres://me:hush@host/farm?connect_timeout=never", "connect_timeout is 1 to 1024 seconds")]
    public void A_url_that_cannot_be_is_refused_without_its_password(string url, string problem)
    {
        Assert.False(PostgresAddress.TryParse(url, out _, out string? sentence));
        Assert.Contains(problem, sentence);
        Assert.DoesNotContain("hush", sentence);
    }
}
