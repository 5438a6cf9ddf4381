using System.CommandLine;
using System.Globalization;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Listings;
using DreamFarm.Cli.Progress;
using DreamFarm.Cli.Settings;
using DreamFarm.Cli.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary><c>dreamfarm jobs</c>: what became of what was submitted.</summary>
internal static class JobsCommand
{
    public static Command Create() => new("jobs", "lists, watches and ends jobs, and fetches their results")
    {
        List(),
        Show(),
        Watch(),
        Cancel(),
        Result(),
    };

    private static Command List()
    {
        var json = Listing.JsonFlag();
        var command = new Command("list", "lists all jobs, oldest first") { json };
        var coordinator = new ConnectionFlags(command);
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            var reply = await connection.Jobs.ListAsync(new V1.ListJobsRequest(), deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            if (parsed.GetValue(json))
                Listing.WriteJson(reply.Jobs.Select(JobView.Of));
            else
                Listing.WriteTable(["ID", "STATE", "DONE", "SIZE", "NETWORK", "INPUT", "MESSAGE"], reply.Jobs.Select(Row));
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
            if (parsed.GetValue(json))
                Listing.WriteJson(JobView.Of(job));
            else
                Listing.WriteFields(Fields(job));
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
                await JobWatch.UntilDoneAsync(connection, job, display, parsed.GetValue(preview), cancellation);
            Console.Error.WriteLine($"job {job} is done: fetch it with `dreamfarm jobs result {job} -o OUT`");
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

    private static Command Cancel()
    {
        var (command, id, coordinator) = OfOneJob("cancel", "ends a job without a result");
        command.SetAction((parsed, cancellation) => coordinator.UseAsync(parsed, async connection =>
        {
            var job = await connection.Jobs.CancelAsync(
                new V1.CancelJobRequest { Id = parsed.GetValue(id) }, deadline: CoordinatorConnection.Deadline, cancellationToken: cancellation);
            Console.Error.WriteLine($"job {job.Id} is {JobView.StateName(job.State)}");
            return ExitCode.Done;
        }, cancellation));
        return command;
    }

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
                await JobResult.DownloadAsync(connection, parsed.GetValue(id)!, target, cancellation);
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

    private static string[] Row(V1.Job job) =>
    [
        job.Id,
        JobView.StateName(job.State),
        Percent(job),
        SizeView.Of(job.OutputSize)?.ToString() ?? "",
        job.Spec.Network,
        job.InputName,
        job.Message,
    ];

    private static IEnumerable<(string Name, string? Value)> Fields(V1.Job job)
    {
        var view = JobView.Of(job);
        yield return ("job", view.Id);
        yield return ("state", view.State);
        yield return ("message", view.Message);
        yield return ("progress", job.State == V1.JobState.Running && job.Progress is not null ? ProgressText.Of(job.Progress) : null);
        yield return ("done", Percent(job));
        yield return ("input", $"{view.InputName} {view.InputSize}");
        yield return ("output size", view.OutputSize?.ToString());
        yield return ("submitted", Time(view.Submitted));
        yield return ("started", Time(view.Started));
        yield return ("finished", Time(view.Finished));
        yield return ("numerics class", view.NumericsClass);
        foreach (var field in SpecFields(view.Spec))
            yield return field;
    }

    private static (string Name, string? Value)[] SpecFields(SpecView spec) =>
    [
        ("network", spec.Network),
        ("weights", spec.WeightsSha256),
        ("layers", spec.Layers),
        ("objective", spec.Objective),
        ("octaves", Text(spec.Octaves)),
        ("octave scale", Text(spec.OctaveScale)),
        ("octave mode", spec.OctaveMode),
        ("steps", Text(spec.Steps)),
        ("step size", Text(spec.StepSize)),
        ("tile", spec.Tile),
        ("max roll", Text(spec.MaxRoll)),
        ("context", spec.Context),
        ("boundary", spec.Boundary),
        ("seed", Text(spec.Seed)),
        ("mixed", spec.Mixed ? "yes" : null),
    ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Percent(V1.Job job) =>
        job.State == V1.JobState.Done ? "100%" : job.Progress is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * job.Progress.Fraction):0}%");

    private static string? Time(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
