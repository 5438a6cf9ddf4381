using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Listings;
using DreamFarm.Cli.Progress;
using DreamFarm.Cli.Specs;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary><c>dreamfarm jobs</c>: what became of what was submitted.</summary>
internal static class JobsCommand
{
    public static Command Create() => new("jobs", "lists, watches, pauses and ends jobs, and fetches their results")
    {
        List(),
        Show(),
        Watch(),
        OnOneJob("cancel", "ends a job without a result", (jobs, id, options) => jobs.CancelAsync(new V1.CancelJobRequest { Id = id }, options)),
        OnOneJob("pause", "keeps a checkpoint of a job and frees its workers", (jobs, id, options) => jobs.PauseAsync(new V1.PauseJobRequest { Id = id }, options)),
        Resume(),
        OnOneJob("retry", "starts a failed or cancelled job again, from its checkpoint", (jobs, id, options) => jobs.RetryAsync(new V1.RetryJobRequest { Id = id }, options)),
        Delete(),
        Result(),
    };

    private static Command List()
    {
        var json = Listing.JsonFlag();
        var unfinished = new Option<bool>("--unfinished") { Description = "only jobs that are not finished" };
        var command = new Command("list", "lists all jobs, oldest first") { unfinished, json };
        var coordinator = new ConnectionFlags(command);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            var reply = await connection.Jobs.ListAsync(
                new V1.ListJobsRequest { Unfinished = parsed.GetValue(unfinished) }, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            if (parsed.GetValue(json))
                Listing.WriteJson(reply.Jobs.Select(job => JobView.Of(job)));
            else
                JobTable.Write(reply.Jobs);
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

    private static Command Show()
    {
        var (command, id, coordinator) = OfOneJob("show", "shows everything about a job");
        var json = Listing.JsonFlag();
        command.Add(json);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            var job = await connection.Jobs.GetAsync(
                new V1.GetJobRequest { Id = parsed.GetValue(id) }, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            var history = await connection.Jobs.HistoryAsync(
                new V1.JobHistoryRequest { Id = job.Id }, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            if (parsed.GetValue(json))
            {
                Listing.WriteJson(JobView.Of(job, history.Transitions));
                return ExitCode.Done;
            }
            Listing.WriteFields(Fields(job));
            Console.Out.WriteLine();
            Listing.WriteTable(["TIME", "STATE", "WHO", "WHY"], history.Transitions.Select(
                transition => new[] { Time(transition.Time?.ToDateTime()) ?? "", JobView.StateName(transition.State), transition.Who, transition.Why }));
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

    private static Command Watch()
    {
        var (command, id, coordinator) = OfOneJob("watch", "follows a job until it is finished");
        var preview = new Option<string?>("--preview") { HelpName = "FILE.jpg", Description = "keeps the newest preview in this file" };
        command.Add(preview);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            string job = parsed.GetValue(id)!;
            await using (var display = ProgressDisplay.Open())
                await JobWatch.UntilDoneAsync(connection, job, display, parsed.GetValue(preview), new Reconnection(), cancellation);
            Console.Error.WriteLine($"job {job} is done: fetch it with `dreamfarm jobs result {job} -o OUT`");
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

    private static Command Resume()
    {
        var (command, id, coordinator) = OfOneJob("resume", "goes on with a paused job from its checkpoint");
        var mixed = new Option<bool>("--mixed")
        {
            Description = "from now on workers of any numerics class may share the job, also one that waits because its own class is gone",
        };
        var json = Listing.JsonFlag();
        command.Add(mixed);
        command.Add(json);
        command.SetAction((parsed, cancellation) => TellAsync(coordinator, parsed, json, cancellation, (jobs, options) =>
            jobs.ResumeAsync(new V1.ResumeJobRequest { Id = parsed.GetValue(id), Mixed = parsed.GetValue(mixed) }, options)));
        return command;
    }

    private static Command Delete()
    {
        var (command, id, coordinator) = OfOneJob("delete", "deletes a finished or paused job and all its files");
        var json = Listing.JsonFlag();
        command.Add(json);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            string job = parsed.GetValue(id)!;
            await connection.Jobs.DeleteAsync(new V1.DeleteJobRequest { Id = job }, Options(cancellation));
            if (parsed.GetValue(json))
                Listing.WriteJson(new DeletedView(job));
            else
                Console.Error.WriteLine($"job {job} is deleted");
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

    private static Command OnOneJob(string name, string description, Func<V1.Jobs.JobsClient, string, CallOptions, AsyncUnaryCall<V1.Job>> tell)
    {
        var (command, id, coordinator) = OfOneJob(name, description);
        var json = Listing.JsonFlag();
        command.Add(json);
        command.SetAction((parsed, cancellation) => TellAsync(coordinator, parsed, json, cancellation, (jobs, options) => tell(jobs, parsed.GetValue(id)!, options)));
        return command;
    }

    /// <summary>Sends a command and says how the job is then.</summary>
    private static Task<int> TellAsync(
        ConnectionFlags coordinator, ParseResult parsed, Option<bool> json, CancellationToken cancellation, Func<V1.Jobs.JobsClient, CallOptions, AsyncUnaryCall<V1.Job>> tell) =>
        coordinator.UseAsync(parsed, async connection =>
        {
            var job = await tell(connection.Jobs, Options(cancellation));
            if (parsed.GetValue(json))
                Listing.WriteJson(JobView.Of(job));
            else
                Console.Error.WriteLine($"job {job.Id} is {JobView.StateName(job.State)}{(job.Message.Length > 0 ? $": {job.Message}" : "")}");
            return ExitCode.Done;
        }, cancellation);

    private static CallOptions Options(CancellationToken cancellation) => new(deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);

    private static Command Result()
    {
        var (command, id, coordinator) = OfOneJob("result", "fetches the picture of a job that is done");
        var output = new Option<string>("--output", "-o") { HelpName = "OUT", Required = true, Description = "the file to write: .png, .jpg, .tif, .webp or .npy" };
        command.Add(output);
        command.SetAction((parsed, cancellation) =>
        {
            var target = OutputTarget.Check(parsed.GetValue(output)!);
            return coordinator.UseAsync(parsed, async connection =>
            {
                await JobResult.DownloadAsync(connection, parsed.GetValue(id)!, target, new Reconnection(), cancellation);
                return ExitCode.Done;
            }, cancellation);
        });
        return command;
    }

    private static (Command Command, Argument<string> Id, ConnectionFlags Coordinator) OfOneJob(string name, string description)
    {
        var id = new Argument<string>("ID") { Description = "the job, as submit printed it" };
        var command = new Command(name, description) { id };
        return (command, id, new ConnectionFlags(command));
    }

    private static IEnumerable<(string Name, string? Value)> Fields(V1.Job job)
    {
        var view = JobView.Of(job);
        yield return ("job", view.Id);
        yield return ("state", view.State);
        yield return ("message", view.Message);
        yield return ("progress", job.State == V1.JobState.Running && job.Progress is not null ? ProgressText.Of(job.Progress) : null);
        yield return ("dreamt with", view.Progress?.Objective);
        yield return ("done", JobTable.Percent(job));
        yield return ("owner", view.Owner);
        yield return ("priority", Text(view.Priority));
        yield return ("input", $"{view.InputName} {view.InputSize}");
        yield return ("canvas", view.CanvasSize?.ToString());
        yield return ("output size", view.OutputSize?.ToString());
        yield return ("submitted", Time(view.Submitted));
        yield return ("started", Time(view.Started));
        yield return ("finished", Time(view.Finished));
        yield return ("checkpoint", view.Checkpoint is { } checkpoint
            ? string.Create(CultureInfo.InvariantCulture, $"octave {checkpoint.Octave + 1}, {checkpoint.Steps} steps, {Time(checkpoint.Time)}")
            : null);
        yield return ("numerics class", view.NumericsClass);
        foreach (var field in SpecFields(view.Spec))
            yield return field;
    }

    private static (string Name, string? Value)[] SpecFields(SpecView spec) =>
    [
        ("network", spec.Network),
        ("weights", spec.WeightsSha256),
        ("objective", spec.Objective),
        ("guide", spec.GuideSha256),
        ("octaves", Text(spec.Octaves)),
        ("octave scale", Text(spec.OctaveScale)),
        ("octave mode", spec.OctaveMode),
        ("steps", Text(spec.Steps)),
        ("step size", Text(spec.StepSize)),
        ("normaliser", spec.Normaliser),
        ("filter", spec.Filter),
        ("tile", spec.Tile),
        ("max roll", Text(spec.MaxRoll)),
        ("context", spec.Context),
        ("boundary", spec.Boundary),
        ("seed", Text(spec.Seed)),
        ("scale", spec.Scale is { } scale ? Text(scale) : null),
        ("mixed", spec.Mixed ? "yes" : null),
    ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string? Time(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
