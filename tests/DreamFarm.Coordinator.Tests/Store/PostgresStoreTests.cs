using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

public sealed class PostgresStoreTests(PostgresServer server) : StoreTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Url = await server.CreateDatabaseAsync();
    }

    [Fact]
    public async Task A_change_of_state_waits_for_a_server_that_is_away_and_a_submission_fails_in_a_sentence()
    {
        await using var line = ThroughLine();
        var (store, _) = await OpenAsync();
        var job = await store.AddAsync(TestJobs.Make());
        line.Cut();
        var change = store.UpdateAsync(TestJobs.Finish(job, V1.JobState.Done), TestJobs.Queued(job) with { State = V1.JobState.Done }, StorePatience.Endless, CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<StoreException>(() => store.AddAsync(TestJobs.Make()));
        Assert.Equal((StoreTrouble.Away, false), (refusal.Trouble, refusal.MayBeWritten));
        Assert.StartsWith("the job store does not answer: ", refusal.Message);
        Assert.False(change.IsCompleted);
        Assert.Equal(StoreTrouble.Away, (await Assert.ThrowsAsync<StoreException>(() => store.FindAsync(job.Id, CancellationToken.None))).Trouble);

        line.IsCut = false;
        await change.WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Equal([TestJobs.Finish(job, V1.JobState.Done)], await store.ListAsync(unfinished: false, owner: null, CancellationToken.None));
        Assert.Equal(2, (await store.HistoryAsync(job.Id, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_writes_once()
    {
        await using var line = ThroughLine();
        var (store, _) = await OpenAsync(new CoordinatorOptions { MaxQueuedJobs = 1 });
        int cuts = 0;
        line.CutsAfter = sent => sent.Span.IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Increment(ref cuts) == 1;
        var job = TestJobs.Make();
        Assert.Equal(job, await store.AddAsync(job));
        Assert.Equal(2, cuts);
        Assert.Equal([job], await store.ListAsync(unfinished: false, owner: null, CancellationToken.None));

        cuts = 0;
        var running = job with { State = V1.JobState.Running };
        await store.UpdateAsync(running, TestJobs.Queued(job) with { State = running.State }, StorePatience.Endless, CancellationToken.None);
        Assert.Equal(2, cuts);
        Assert.Equal([V1.JobState.Queued, V1.JobState.Running], (await store.HistoryAsync(job.Id, CancellationToken.None)).Select(transition => transition.State));
        // It counts once too: there is room for one more, and for one only.
        await store.AddAsync(TestJobs.Make());
        await Assert.ThrowsAsync<OwnerLimitException>(() => store.AddAsync(TestJobs.Make()));
    }

    [Fact]
    public async Task A_submission_says_that_nobody_knows_if_the_line_is_cut_at_its_commit_and_stays_so()
    {
        await using var line = ThroughLine();
        var (store, _) = await OpenAsync();
        line.CutsAfter = sent => line.IsCut = line.IsCut || sent.Span.IndexOf("COMMIT\0"u8) >= 0;
        var job = TestJobs.Make();
        Assert.True((await Assert.ThrowsAsync<StoreException>(() => store.AddAsync(job))).MayBeWritten);
        (line.CutsAfter, line.IsCut) = (null, false);
        Assert.Equal([job], await store.ListAsync(unfinished: false, owner: null, CancellationToken.None));
    }

    [Fact]
    public async Task A_wrong_password_or_address_is_one_sentence_without_the_password()
    {
        string database = new Uri(Url!).AbsolutePath.Trim('/');
        await RefusedAsync(PostgresServer.Url(server.Port, database, "wrong" + PostgresServer.Password), "password authentication failed for user \"dreamfarm\"");
        await RefusedAsync(PostgresServer.Url(server.Port, "nowhere"), "database \"nowhere\" does not exist");
        await RefusedAsync(PostgresServer.Url(1, database), "Connection refused");
        await RefusedAsync(PostgresServer.Url(server.Port, database).Replace("sslmode=disable", "sslmode=require", StringComparison.Ordinal), "SSL");
    }

    [Fact]
    public async Task A_database_belongs_to_one_coordinator_at_a_time()
    {
        await using (var first = await TestFarm.StartAsync(options => options with { Store = Url }))
        {
            var refusal = await Assert.ThrowsAsync<StoreException>(() => TestFarm.StartAsync(options => options with { Store = Url }));
            Assert.StartsWith("another coordinator uses the job store postgres://dreamfarm@127.0.0.1:", refusal.Message);
        }
        await using var second = await TestFarm.StartAsync(options => options with { Store = Url });
    }

    private async Task RefusedAsync(string url, string reason)
    {
        Url = url;
        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());
        Assert.StartsWith("the job store postgres://dreamfarm@127.0.0.1:", refusal.Message);
        Assert.Contains(reason, refusal.Message);
        foreach (string secret in (string[])[PostgresServer.Password, Uri.EscapeDataString(PostgresServer.Password), "cret"])
            Assert.DoesNotContain(secret, refusal.ToString());
    }

    private CutLine ThroughLine()
    {
        var line = new CutLine(server.Port);
        Url = PostgresServer.Url(line.Port, new Uri(Url!).AbsolutePath.Trim('/'));
        return line;
    }
}
