using System.Data.Common;
using System.Globalization;
using DreamFarm.Dreaming;
using Google.Protobuf;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>Keeps jobs in the database.</summary>
internal sealed class SqlJobStore(IDatabase database, CoordinatorOptions options) : IJobStore
{
    private const string Columns =
        "id, owner, submission_id, state, priority, input_name, input_width, input_height, input_bits, input_has_alpha, " +
        "output_width, output_height, submitted, started, finished, problem, numerics_class, spec, progress";

    private const string InsertTransition =
        // Once, though the statement be run again.
        "INSERT INTO job_history (job, time, state, who, why) SELECT @id, @time, @entered, @who, @why " +
        "WHERE NOT EXISTS (SELECT 1 FROM job_history WHERE job = @id AND time = @time AND state = @entered);";

    private static readonly string Finished = $"({(int)V1.JobState.Done}, {(int)V1.JobState.Failed}, {(int)V1.JobState.Cancelled})";

    public async Task<JobRecord> AddAsync(JobRecord job, Transition transition, CancellationToken cancellation)
    {
        // What throws in a transaction spoils those that share it: a refusal is a result.
        var (added, refusal) = await database.WriteAsync(session => AddAsync(session, job, transition), StorePatience.Short, cancellation);
        return added ?? throw new OwnerLimitException(refusal!);
    }

    public Task UpdateAsync(JobRecord job, Transition? transition, StorePatience patience, CancellationToken cancellation) =>
        database.WriteAsync(async session =>
        {
            var old = await session.QueryAsync("SELECT state FROM jobs WHERE id = @id", row => (V1.JobState)row.GetInt64(0), ("id", job.Id));
            if (old is not [var before])
                throw new InvalidOperationException($"there is no job {job.Id} to be updated");
            await session.ExecuteAsync(
                """
                UPDATE jobs SET state = @state, priority = @priority, input_width = @input_width, input_height = @input_height, input_bits = @input_bits,
                    input_has_alpha = @input_has_alpha, output_width = @output_width, output_height = @output_height, started = @started,
                    finished = @finished, problem = @problem, numerics_class = @numerics_class, spec = @spec, progress = @progress
                WHERE id = @id;
                """ + (transition is null ? "" : InsertTransition),
                [.. Changing(job), .. transition is null ? [] : Parameters(transition)]);
            await CountAsync(session, job.Owner, Weight(job, job.State) - Weight(job, before));
            return true;
        }, patience, cancellation);

    public async Task<JobRecord?> FindAsync(string id, CancellationToken cancellation) =>
        (await database.ReadAsync(session => FindAsync(session, id), cancellation)).FirstOrDefault();

    public async Task<JobRecord?> FindSubmissionAsync(string owner, string submissionId, CancellationToken cancellation) =>
        (await database.ReadAsync(session => FindSubmissionAsync(session, owner, submissionId), cancellation)).FirstOrDefault();

    public async Task<IReadOnlyList<JobRecord>> ListAsync(bool unfinished, string? owner, CancellationToken cancellation)
    {
        string open = unfinished ? $"AND state NOT IN {Finished}" : "", his = owner is null ? "" : "AND owner = @owner";
        return await database.ReadAsync(session => session.QueryAsync(
            $"SELECT {Columns} FROM jobs WHERE 1 = 1 {open} {his} ORDER BY number", Read, owner is null ? [] : [("owner", Text(owner))]), cancellation);
    }

    public async Task<IReadOnlyList<Transition>> HistoryAsync(string id, CancellationToken cancellation) =>
        await database.ReadAsync(session => session.QueryAsync(
            "SELECT time, state, who, why FROM job_history WHERE job = @id ORDER BY number",
            row => new Transition(SqlTime.FromSql(row.GetInt64(0)), (V1.JobState)row.GetInt64(1), row.GetString(2), row.GetString(3)),
            ("id", Text(id))), cancellation);

    public Task DeleteAsync(string id, CancellationToken cancellation) =>
        database.WriteAsync(async session =>
        {
            if (await FindAsync(session, id) is [var job])
            {
                await session.ExecuteAsync("DELETE FROM jobs WHERE id = @id", ("id", id));
                await CountAsync(session, job.Owner, default(Load) - Weight(job, job.State));
            }
            return true;
        }, StorePatience.Short, cancellation);

    private async Task<(JobRecord? Job, string? Refusal)> AddAsync(SqlSession session, JobRecord job, Transition transition)
    {
        // Holds the owner's row until the end of the transaction: nobody else adds to his jobs in between.
        var load = (await session.QueryAsync(
            """
            INSERT INTO owners (owner, queued_jobs, unfinished_pixels) VALUES (@owner, 0, 0)
            ON CONFLICT (owner) DO UPDATE SET owner = excluded.owner RETURNING queued_jobs, unfinished_pixels
            """, row => new Load(row.GetInt64(0), row.GetInt64(1)), ("owner", job.Owner)))[0];
        var earlier = job.SubmissionId.Length > 0 ? await FindSubmissionAsync(session, job.Owner, job.SubmissionId) : await FindAsync(session, job.Id);
        if (earlier is [var first])
            return (first, null);
        if (Refusal(job, load) is { } refusal)
            return (null, refusal);

        var after = load + Weight(job, job.State);
        await session.ExecuteAsync(
            $"""
            INSERT INTO jobs ({Columns}) VALUES (@id, @owner, @submission_id, @state, @priority, @input_name, @input_width, @input_height, @input_bits, @input_has_alpha,
                @output_width, @output_height, @submitted, @started, @finished, @problem, @numerics_class, @spec, @progress);
            UPDATE owners SET queued_jobs = @queued, unfinished_pixels = @pixels WHERE owner = @owner;
            {InsertTransition}
            """,
            [
                .. Changing(job), .. Parameters(transition),
                ("owner", job.Owner), ("submission_id", job.SubmissionId.Length == 0 ? null : job.SubmissionId),
                ("input_name", Text(job.InputName)), ("submitted", job.Submitted.ToSql()),
                ("queued", after.QueuedJobs), ("pixels", after.UnfinishedPixels),
            ]);
        return (job, null);
    }

    private string? Refusal(JobRecord job, Load load)
    {
        if (options.MaxQueuedJobs > 0 && load.QueuedJobs >= options.MaxQueuedJobs)
            return $"{job.Owner} has {load.QueuedJobs} queued jobs, and {options.MaxQueuedJobs} is the most that one owner may have: wait for one to start, or cancel one";
        long mostPixels = options.MaxQueuedMegapixels * 1_000_000L;
        if (mostPixels > 0 && load.UnfinishedPixels + job.Output.Pixels > mostPixels)
            return string.Create(CultureInfo.InvariantCulture,
                $"the canvas of {job.Output.Pixels / 1e6:0.##} megapixels and the {load.UnfinishedPixels / 1e6:0.##} of {job.Owner}'s unfinished jobs are more than the {options.MaxQueuedMegapixels} megapixels that one owner may have: wait for a job to finish, or cancel one");
        return null;
    }

    private static Task<List<JobRecord>> FindAsync(SqlSession session, string id) =>
        session.QueryAsync($"SELECT {Columns} FROM jobs WHERE id = @id", Read, ("id", Text(id)));

    private static Task<List<JobRecord>> FindSubmissionAsync(SqlSession session, string owner, string submissionId) =>
        session.QueryAsync($"SELECT {Columns} FROM jobs WHERE owner = @owner AND submission_id = @submission", Read, ("owner", owner), ("submission", Text(submissionId)));

    private static async Task CountAsync(SqlSession session, string owner, Load change)
    {
        if (change != default)
            await session.ExecuteAsync("UPDATE owners SET queued_jobs = queued_jobs + @queued, unfinished_pixels = unfinished_pixels + @pixels WHERE owner = @owner",
                ("owner", owner), ("queued", change.QueuedJobs), ("pixels", change.UnfinishedPixels));
    }

    /// <summary>What a job in a state counts for.</summary>
    private static Load Weight(JobRecord job, V1.JobState state) =>
        new(state == V1.JobState.Queued ? 1 : 0, (job with { State = state }).IsFinished ? 0 : job.Output.Pixels);

    private static (string Name, object? Value)[] Changing(JobRecord job) =>
    [
        ("id", job.Id), ("state", (long)job.State), ("priority", (long)job.Priority),
        ("input_width", (long)job.Input.Width), ("input_height", (long)job.Input.Height), ("input_bits", (long)job.InputBits), ("input_has_alpha", job.InputHasAlpha ? 1L : 0L),
        ("output_width", (long)job.Output.Width), ("output_height", (long)job.Output.Height),
        ("started", job.Started.ToSql()), ("finished", job.Finished.ToSql()),
        ("problem", Text(job.Problem)), ("numerics_class", Text(job.NumericsClass)), ("spec", job.Spec.ToByteArray()), ("progress", job.Progress?.ToByteArray()),
    ];

    private static (string Name, object? Value)[] Parameters(Transition transition) =>
        [("time", transition.Time.ToSql()), ("entered", (long)transition.State), ("who", Text(transition.Who)), ("why", Text(transition.Why))];

    private static JobRecord Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Owner = row.GetString(1),
        SubmissionId = row.IsDBNull(2) ? "" : row.GetString(2),
        State = (V1.JobState)row.GetInt64(3),
        Priority = (int)row.GetInt64(4),
        InputName = row.GetString(5),
        Input = new Size((int)row.GetInt64(7), (int)row.GetInt64(6)),
        InputBits = (int)row.GetInt64(8),
        InputHasAlpha = row.GetInt64(9) != 0,
        Output = new Size((int)row.GetInt64(11), (int)row.GetInt64(10)),
        Submitted = SqlTime.FromSql(row.GetInt64(12)),
        Started = row.IsDBNull(13) ? null : SqlTime.FromSql(row.GetInt64(13)),
        Finished = row.IsDBNull(14) ? null : SqlTime.FromSql(row.GetInt64(14)),
        Problem = row.GetString(15),
        NumericsClass = row.GetString(16),
        Spec = V1.Spec.Parser.ParseFrom(row.GetFieldValue<byte[]>(17)),
        Progress = row.IsDBNull(18) ? null : V1.Progress.Parser.ParseFrom(row.GetFieldValue<byte[]>(18)),
    };

    // PostgreSQL has no texts with a zero in them.
    private static string Text(string text) => text.Replace('\0', ' ');

    /// <summary>What an owner's limits are about.</summary>
    private readonly record struct Load(long QueuedJobs, long UnfinishedPixels)
    {
        public static Load operator +(Load a, Load b) => new(a.QueuedJobs + b.QueuedJobs, a.UnfinishedPixels + b.UnfinishedPixels);

        public static Load operator -(Load a, Load b) => new(a.QueuedJobs - b.QueuedJobs, a.UnfinishedPixels - b.UnfinishedPixels);
    }
}
