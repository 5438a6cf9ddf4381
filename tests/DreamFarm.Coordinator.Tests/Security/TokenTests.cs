using DreamFarm.Security;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator.Tests;

public class TokenTests
{
    private const string Get = "/dreamfarm.v1.Jobs/List";

    [Fact]
    public async Task The_store_holds_hashes_and_no_token()
    {
        await using var farm = await TestFarm.StartAsync();
        string token = await RawCalls.MakeTokenAsync(farm, "ann", "submit");
        Assert.Matches("^dft_[A-Za-z0-9_-]{43}$", token);
        bool hashed = false;
        foreach (string file in Directory.GetFiles(farm.DataFolder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            string text = System.Text.Encoding.Latin1.GetString(bytes.ToArray());
            Assert.DoesNotContain(token, text);
            Assert.DoesNotContain(token[4..], text);
            hashed |= text.Contains(TokenText.Hash(token), StringComparison.Ordinal);
        }
        Assert.True(hashed);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_within_seconds_and_the_farm_stays_closed()
    {
        await using var farm = await TestFarm.StartAsync();
        using var calls = new RawCalls(farm);
        Assert.Equal(StatusCode.OK, (await calls.CallAsync(Get, null)).StatusCode);
        string token = await RawCalls.MakeTokenAsync(farm, "ann", "view");
        Assert.Equal(StatusCode.OK, (await calls.CallAsync(Get, token)).StatusCode);

        await using var book = await TokenBook.OpenAsync(new CoordinatorOptions { DataFolder = farm.DataFolder }, TimeProvider.System, CancellationToken.None);
        string id = Assert.Single(await book.ListAsync(CancellationToken.None)).Id;
        Assert.True(await book.RevokeAsync(id, CancellationToken.None));
        Assert.False(await book.RevokeAsync("t-nonsense", CancellationToken.None));
        Status status;
        for (int tries = 0; (status = await calls.CallAsync(Get, token)).StatusCode == StatusCode.OK; tries++)
        {
            Assert.True(tries < 1200);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
        Assert.StartsWith($"your token {id} was revoked on ", status.Detail);
        Assert.Equal(StatusCode.Unauthenticated, (await calls.CallAsync(Get, null)).StatusCode);
    }

    [Fact]
    public async Task A_token_expires()
    {
        await using var farm = await TestFarm.StartAsync();
        var time = new LaterTime();
        await using var book = await TokenBook.OpenAsync(new CoordinatorOptions { DataFolder = farm.DataFolder }, time, CancellationToken.None);
        var (text, token) = await book.CreateAsync("ann", ["view"], TimeSpan.FromDays(30), CancellationToken.None);
        var directory = new TokenDirectory(new TokenStore(farm.Coordinator.Services.GetRequiredService<IDatabase>()), time, Microsoft.Extensions.Logging.Abstractions.NullLogger<TokenDirectory>.Instance);
        await directory.LoadAsync(CancellationToken.None);
        Assert.Equal(token.Id, directory.Find(text, out string? problem)?.Id);
        Assert.Null(problem);
        time.Later = TimeSpan.FromDays(31);
        Assert.Null(directory.Find(text, out problem));
        Assert.StartsWith($"your token {token.Id} has expired on ", problem);
    }

    [Theory]
    [InlineData("", "submit", "--owner must be a name")]
    [InlineData("a b", "submit", "--owner must be a name")]
    [InlineData("coordinator", "submit", "--owner cannot be coordinator")]
    [InlineData("ann", "admin", "--role must be view, submit, operate or work, not \"admin\"")]
    public async Task A_token_that_makes_no_sense_is_not_made(string owner, string role, string problem)
    {
        string folder = Directory.CreateTempSubdirectory("dreamfarm-test-").FullName;
        await using (var book = await TokenBook.OpenAsync(new CoordinatorOptions { DataFolder = folder }, TimeProvider.System, CancellationToken.None))
        {
            Assert.StartsWith(problem, (await Assert.ThrowsAsync<ConnectionException>(() => book.CreateAsync(owner, [role], null, CancellationToken.None))).Message);
            Assert.Empty(await book.ListAsync(CancellationToken.None));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("Basic YW5uOnB3")]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("Bearer dft_a dft_b")]
    [InlineData(",")]
    public async Task What_is_no_token_is_refused(string header)
    {
        await using var farm = await TestFarm.StartAsync();
        await RawCalls.MakeTokenAsync(farm, "ann", "view");
        foreach (string said in new[] { header, "Bearer " + new string('x', 2000) })
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await farm.Jobs.ListAsync(new Protocol.V1.ListJobsRequest(), new Metadata { { "authorization", said } }));
            Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
            Assert.Contains("token", error.Status.Detail);
        }
    }

    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }
}
