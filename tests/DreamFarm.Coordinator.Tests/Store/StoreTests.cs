using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

/// <summary>What every store does, whichever database is behind it.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    private readonly List<Database> _opened = [];

    protected string Folder { get; } = Directory.CreateTempSubdirectory("dreamfarm-store-").FullName;

    /// <summary>Null for the file in the folder.</summary>
    protected string? Url { get; set; }

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
            await database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_job_comes_back_as_it_was_written_to_the_last_bit_after_the_store_is_opened_again()
    {
        var (store, _) = await OpenAsync();
        JobRecord waiting = TestJobs.Make(submission: "0123456789abcdef"), done = TestJobs.Make("bob"), failed = TestJobs.Make("bob");
        foreach (var job in (JobRecord[])[waiting, done, failed])
            await store.AddAsync(job);
        done = TestJobs.Finish(done, V1.JobState.Done);
        failed = TestJobs.Finish(failed, V1.JobState.Failed, "a problem\0with a zero and Ü 🦊") with { Priority = 3 };
        await store.UpdateAsync(done, new Transition(TestJobs.Noon.AddTicks(5), done.State, Transition.Coordinator, ""), StorePatience.Endless, CancellationToken.None);
        await store.UpdateAsync(failed, new Transition(TestJobs.Noon.AddTicks(5), failed.State, Transition.Coordinator, failed.Problem), StorePatience.Endless, CancellationToken.None);

        // Opened beside the other, which is not closed: as after a kill.
        var (again, _) = await OpenAsync();
        JobRecord[] written = [waiting, done, failed with { Problem = "a problem with a zero and Ü 🦊" }];
        Assert.Equal(written, await again.ListAsync(unfinished: false, owner: null, CancellationToken.None));
        Assert.Equal([waiting], await again.ListAsync(unfinished: true, owner: null, CancellationToken.None));
        Assert.Equal([waiting], await again.ListAsync(unfinished: false, owner: "ada", CancellationToken.None));
        Assert.Equal(written[1..], await again.ListAsync(unfinished: false, owner: "bob", CancellationToken.None));
        Assert.Empty(await again.ListAsync(unfinished: true, owner: "bob", CancellationToken.None));
        foreach (var job in written)
            Assert.Equal(job, await again.FindAsync(job.Id, CancellationToken.None));
        Assert.Equal(waiting, await again.FindSubmissionAsync("ada", "0123456789abcdef", CancellationToken.None));
        Assert.Null(await again.FindSubmissionAsync("bob", "0123456789abcdef", CancellationToken.None));
        Assert.Null(await again.FindAsync("d-none", CancellationToken.None));
        Assert.Equal(
            [TestJobs.Queued(failed), new Transition(TestJobs.Noon.AddTicks(5), V1.JobState.Failed, Transition.Coordinator, written[2].Problem)],
            await again.HistoryAsync(failed.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Jobs_are_listed_in_the_order_of_their_coming_whatever_the_clock_says()
    {
        var (store, _) = await OpenAsync();
        var jobs = Enumerable.Range(0, 20).Select(i => TestJobs.Make() with { Submitted = TestJobs.Noon.AddMinutes(i % 3 - i) }).ToList();
        foreach (var job in jobs)
            await store.AddAsync(job);
        Assert.Equal(jobs.Select(job => job.Id), (await store.ListAsync(unfinished: false, owner: null, CancellationToken.None)).Select(job => job.Id));
    }

    [Fact]
    public async Task A_submission_id_makes_one_job_of_its_owner_however_many_send_it_at_once()
    {
        // Two processes, as far as the database can tell.
        var (one, _) = await OpenAsync();
        var (other, _) = await OpenAsync();
        const string Submission = "one-and-the-same-1";
        var added = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : other).AddAsync(TestJobs.Make(i % 4 < 2 ? "ada" : "bob", Submission))));
        Assert.Equal(2, added.Select(job => job.Id).Distinct().Count());
        var kept = await one.ListAsync(unfinished: false, owner: null, CancellationToken.None);
        Assert.Equal(["ada", "bob"], kept.Select(job => job.Owner).Order());
        foreach (var job in kept)
            Assert.Single(await one.HistoryAsync(job.Id, CancellationToken.None));
        // Jobs that carry none are all different.
        await one.AddAsync(TestJobs.Make());
        await other.AddAsync(TestJobs.Make());
        Assert.Equal(4, (await one.ListAsync(unfinished: false, owner: null, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task No_more_queued_jobs_are_added_than_an_owner_may_have_however_many_come_at_once()
    {
        var limits = new CoordinatorOptions { MaxQueuedJobs = 5 };
        var (one, _) = await OpenAsync(limits);
        var (other, _) = await OpenAsync(limits);
        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            try
            {
                return (Job: (JobRecord?)await (i % 2 == 0 ? one : other).AddAsync(TestJobs.Make()), Refusal: "");
            }
            catch (OwnerLimitException e)
            {
                return (Job: null, Refusal: e.Message);
            }
        }));
        var accepted = results.Where(result => result.Job is not null).Select(result => result.Job!).ToList();
        Assert.Equal(5, accepted.Count);
        Assert.All(results.Where(result => result.Job is null), result =>
            Assert.Equal("ada has 5 queued jobs, and 5 is the most that one owner may have: wait for one to start, or cancel one", result.Refusal));
        await one.AddAsync(TestJobs.Make("bob"));

        // One that starts makes room for one, and so does one that is deleted.
        await one.UpdateAsync(accepted[0] with { State = V1.JobState.Running }, null, StorePatience.Endless, CancellationToken.None);
        await one.AddAsync(TestJobs.Make());
        await Assert.ThrowsAsync<OwnerLimitException>(() => one.AddAsync(TestJobs.Make()));
        await one.DeleteAsync(accepted[1].Id, CancellationToken.None);
        await one.DeleteAsync(accepted[1].Id, CancellationToken.None);
        await one.AddAsync(TestJobs.Make());
        await Assert.ThrowsAsync<OwnerLimitException>(() => one.AddAsync(TestJobs.Make()));
    }

    [Fact]
    public async Task The_canvases_of_unfinished_jobs_count_until_they_are_finished()
    {
        var (store, _) = await OpenAsync(new CoordinatorOptions { MaxQueuedMegapixels = 2 });
        var first = await store.AddAsync(TestJobs.Make(width: 1500, height: 1000));
        var tooLarge = TestJobs.Make(width: 600, height: 1000);
        Assert.Equal(
            "the canvas of 0.6 megapixels and the 1.5 of ada's unfinished jobs are more than the 2 megapixels that one owner may have: wait for a job to finish, or cancel one",
            (await Assert.ThrowsAsync<OwnerLimitException>(() => store.AddAsync(tooLarge))).Message);
        await store.UpdateAsync(first with { State = V1.JobState.Running }, null, StorePatience.Endless, CancellationToken.None);
        await Assert.ThrowsAsync<OwnerLimitException>(() => store.AddAsync(tooLarge));
        await store.UpdateAsync(TestJobs.Finish(first, V1.JobState.Done), null, StorePatience.Endless, CancellationToken.None);
        await store.AddAsync(tooLarge);
        Assert.Null(await store.FindAsync("d-none", CancellationToken.None));
    }

    [Fact]
    public async Task A_job_that_is_deleted_takes_its_history_with_it()
    {
        var (store, _) = await OpenAsync();
        var job = await store.AddAsync(TestJobs.Make());
        await store.DeleteAsync(job.Id, CancellationToken.None);
        Assert.Empty(await store.HistoryAsync(job.Id, CancellationToken.None));
        Assert.Empty(await store.ListAsync(unfinished: false, owner: null, CancellationToken.None));
    }

    [Fact]
    public async Task A_write_that_throws_undoes_itself_and_harms_none_of_those_that_come_with_it()
    {
        var (store, database) = await OpenAsync();
        var writes = Enumerable.Range(0, 30).Select(async i =>
        {
            if (i % 10 != 5)
                return await store.AddAsync(TestJobs.Make());
            await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync<int>(async session =>
            {
                await session.ExecuteAsync("DELETE FROM job_history; DELETE FROM jobs");
                throw new InvalidOperationException("on second thoughts");
            }, StorePatience.Endless, CancellationToken.None));
            return null;
        });
        var added = (await Task.WhenAll(writes)).OfType<JobRecord>().ToList();
        Assert.Equal(added.Select(job => job.Id).Order(), (await store.ListAsync(unfinished: false, owner: null, CancellationToken.None)).Select(job => job.Id).Order());
    }

    [Fact]
    public async Task Processes_that_start_together_make_the_tables_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => OpenAsync())));
        foreach (var (store, _) in stores)
            await store.AddAsync(TestJobs.Make());
        Assert.Equal(6, (await stores[0].Store.ListAsync(unfinished: false, owner: null, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Tables_of_version_1_become_those_of_the_newest_and_keep_their_rows()
    {
        var first = await OpenDatabaseAsync([.. Migration.All.Take(1)]);
        var before = new SqlJobStore(first, new CoordinatorOptions());
        var job = await before.AddAsync(TestJobs.Make());
        var next = new Migration(Migration.All.Count + 1, "next", "CREATE TABLE next_table (id {identity}, content {bytes}); INSERT INTO next_table (content) SELECT spec FROM jobs");
        var newest = await OpenDatabaseAsync([.. Migration.All, next]);
        Assert.Equal([job], await new SqlJobStore(newest, new CoordinatorOptions()).ListAsync(unfinished: false, owner: null, CancellationToken.None));
        Assert.Equal([(1L, V1.Spec.Parser.ParseFrom(job.Spec.ToByteArray()))], await newest.ReadAsync(session => session.QueryAsync(
            "SELECT id, content FROM next_table", row => (row.GetInt64(0), V1.Spec.Parser.ParseFrom(row.GetFieldValue<byte[]>(1)))), CancellationToken.None));
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing()
    {
        await OpenAsync();
        var bad = new Migration(Migration.All.Count + 1, "bad", "CREATE TABLE half_done (id {identity}); INSERT INTO nowhere VALUES (1)");
        await Assert.ThrowsAsync<StoreException>(() => OpenDatabaseAsync([.. Migration.All, bad]));
        var good = bad with { Sql = "CREATE TABLE half_done (id {identity})" };
        await OpenDatabaseAsync([.. Migration.All, good]);
    }

    [Fact]
    public async Task Tables_newer_than_the_program_are_refused_by_both_versions()
    {
        int newer = Migration.All.Count + 1;
        await OpenDatabaseAsync([.. Migration.All, new Migration(newer, "next", "CREATE TABLE next_table (id {identity})")]);
        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());
        Assert.Contains($"has tables of version {newer}, and this program knows versions up to {newer - 1}: start a newer dreamfarm", refusal.Message);
    }

    private protected async Task<(SqlJobStore Store, Database Database)> OpenAsync(CoordinatorOptions? options = null)
    {
        var database = await OpenDatabaseAsync(Migration.All);
        return (new SqlJobStore(database, options ?? new CoordinatorOptions()), database);
    }

    private protected async Task<Database> OpenDatabaseAsync(IReadOnlyList<Migration> migrations)
    {
        var database = Create(migrations);
        lock (_opened)
            _opened.Add(database);
        await database.OpenAsync(CancellationToken.None);
        return database;
    }

    private protected Database Create(IReadOnlyList<Migration> migrations)
    {
        if (Url is null)
            return new SqliteDatabase(Path.Combine(Folder, "dreamfarm.db"), migrations, TimeProvider.System, NullLogger<Database>.Instance);
        Assert.True(PostgresAddress.TryParse(Url, out var address, out string? problem), problem);
        return new PostgresDatabase(address, migrations, TimeProvider.System, NullLogger<Database>.Instance);
    }
}
