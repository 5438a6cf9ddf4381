using System.Diagnostics;
using Microsoft.Data.Sqlite;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

public sealed class SqliteStoreTests : StoreTests
{
    [Fact]
    public async Task The_file_is_private_written_ahead_and_flushed_at_every_commit()
    {
        var (_, database) = await OpenAsync();
        Assert.Equal("wal", (await database.ReadAsync(session => session.QueryAsync("PRAGMA journal_mode", row => row.GetString(0)), CancellationToken.None))[0]);
        Assert.Equal(2, (await database.WriteAsync(session => session.QueryAsync("PRAGMA synchronous", row => row.GetInt64(0)), StorePatience.Short, CancellationToken.None))[0]);
        Assert.Equal(1, (await database.WriteAsync(session => session.QueryAsync("PRAGMA foreign_keys", row => row.GetInt64(0)), StorePatience.Short, CancellationToken.None))[0]);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, "dreamfarm.db")));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_by_its_name()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "dreamfarm.db"), new string('x', 5000));
        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync());
        Assert.Equal($"the job store {Path.Combine(Folder, "dreamfarm.db")} cannot be used: file is not a database", refusal.Message);
    }

    [Fact]
    public async Task A_full_disk_refuses_a_submission_at_once_and_keeps_a_change_of_state_until_there_is_room()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Mount(), "only root can mount a small disk");
        try
        {
            var (store, database) = await OpenAsync();
            var job = await store.AddAsync(TestJobs.Make());
            string ballast = Path.Combine(Folder, "ballast");
            await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(ballast, new byte[4 << 20]));
            var large = TestJobs.Make() with { InputName = new string('x', 100_000) };
            var refusal = await Assert.ThrowsAsync<StoreException>(() => store.AddAsync(large));
            Assert.Equal((StoreTrouble.Full, "the job store is full: the disk is full", false), (refusal.Trouble, refusal.Message, refusal.MayBeWritten));
            var failed = TestJobs.Finish(job, V1.JobState.Failed, new string('y', 100_000));
            var change = store.UpdateAsync(failed, null, StorePatience.Endless, CancellationToken.None);
            Assert.NotSame(change, await Task.WhenAny(change, Task.Delay(500)));
            Assert.Equal([job], await store.ListAsync(unfinished: false, owner: null, CancellationToken.None));

            File.Delete(ballast);
            await change.WaitAsync(TimeSpan.FromMinutes(3));
            await store.AddAsync(large);
            Assert.Equal([failed, large], await store.ListAsync(unfinished: false, owner: null, CancellationToken.None));
            await database.DisposeAsync();
        }
        finally
        {
            Process.Start("umount", Folder).WaitForExit();
        }
    }

    private bool Mount()
    {
        using var mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", Folder]) { RedirectStandardError = true })!;
        mount.WaitForExit();
        return mount.ExitCode == 0;
    }

    [Fact]
    public async Task A_change_waits_while_another_program_holds_the_file()
    {
        var (store, _) = await OpenAsync();
        var job = await store.AddAsync(TestJobs.Make());
        await using var other = new SqliteConnection($"Data Source={Path.Combine(Folder, "dreamfarm.db")};Pooling=false");
        other.Open();
        var holding = other.BeginTransaction(deferred: false);
        var change = store.UpdateAsync(TestJobs.Finish(job, V1.JobState.Done), null, StorePatience.Endless, CancellationToken.None);
        Assert.NotSame(change, await Task.WhenAny(change, Task.Delay(500)));
        Assert.Equal(V1.JobState.Queued, (await store.FindAsync(job.Id, CancellationToken.None))!.State);
        holding.Rollback();
        await change.WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(V1.JobState.Done, (await store.FindAsync(job.Id, CancellationToken.None))!.State);
    }
}
