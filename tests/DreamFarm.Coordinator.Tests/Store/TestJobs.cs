using DreamFarm.Dreaming;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Records for stores.</summary>
internal static class TestJobs
{
    public static readonly DateTimeOffset Noon = new DateTimeOffset(2031, 2, 3, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567);

    public static JobRecord Make(string owner = "ada", string submission = "", int width = 1000, int height = 500) => new()
    {
        Id = JobIds.New(),
        Owner = owner,
        SubmissionId = submission,
        Priority = -7,
        InputName = "ein Füchslein 🦊.png",
        Spec = new V1.Spec { Network = "motif", Layers = "5a:1", Seed = ulong.MaxValue, StepSize = 0.1 },
        Input = new Size(480, 640),
        InputBits = 16,
        InputHasAlpha = true,
        Output = new Size(height, width),
        Submitted = Noon,
    };

    public static Transition Queued(JobRecord job) => new(job.Submitted, V1.JobState.Queued, job.Owner, "");

    public static JobRecord Finish(JobRecord job, V1.JobState state, string problem = "") => job with
    {
        State = state,
        Problem = problem,
        Started = Noon.AddTicks(1),
        Finished = Noon.AddTicks(2),
        NumericsClass = "a1b2",
        Progress = new V1.Progress { Octave = 1, Octaves = 2, Loss = 1.0 / 3 },
    };

    public static Task<JobRecord> AddAsync(this IJobStore store, JobRecord job) => store.AddAsync(job, Queued(job), CancellationToken.None);
}
