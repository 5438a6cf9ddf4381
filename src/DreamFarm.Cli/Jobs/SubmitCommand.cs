using System.CommandLine;
using DreamFarm.Cli.Connection;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Inputs;
using DreamFarm.Cli.Progress;
using DreamFarm.Cli.Specs;
using DreamFarm.Protocol.Specs;
using Google.Protobuf;
using Grpc.Core;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Jobs;

/// <summary><c>dreamfarm submit</c>: hands a photograph to a farm.</summary>
internal static class SubmitCommand
{
    private const int ChunkBytes = 256 << 10;

    public static Command Create()
    {
        var input = new Argument<string>("IN") { Description = InputImage.Description };
        var output = new Option<string?>("--output", "-o") { HelpName = "OUT", Description = "waits, and writes the result: .png, .jpg, .tif, .webp or .npy" };
        var wait = new Option<bool>("--wait") { Description = "waits until the job is done" };
        var priority = new Option<string?>(SubmitFields.Priority.Flag) { HelpName = "N", Description = "jobs of a higher priority come first: -100 to 100 (default: 0)" };
        var command = new Command("submit", "submits a job to a coordinator and prints its id") { input, output, wait, priority };
        var coordinator = new ConnectionFlags(command);
        var flags = new SpecFlags(command);
        command.SetAction((parsed, cancellation) =>
        {
            var draft = flags.Read(parsed);
            var header = new V1.SubmitHeader
            {
                Spec = draft.ToSpec(),
                // However often it is sent, it is one job.
                SubmissionId = Guid.NewGuid().ToString(),
                Priority = ReadPriority(parsed.GetValue(priority)),
            };
            var target = parsed.GetValue(output) is { } path ? OutputTarget.Check(path) : null;
            return coordinator.UseAsync(
                parsed,
                connection => RunAsync(connection, parsed.GetValue(input)!, header, draft, target, parsed.GetValue(wait), cancellation),
                cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CoordinatorConnection connection, string input, V1.SubmitHeader header, SpecDraft draft, OutputTarget? target, bool wait, CancellationToken cancellation)
    {
        var reconnection = new Reconnection();
        string id;
        using (var image = await InputImage.PrepareAsync(input, cancellation))
        await using (var photograph = InputFile.Open(image.Path))
        {
            using (var chosen = WeightsChoice.Resolve(header.Spec, draft.WeightsFile))
            {
                if (header.Spec.HasWeightsSha256)
                {
                    await AssetUpload.EnsureAsync(
                        connection, $"weights {Path.GetFileName(chosen.Name)}", chosen.Sha256, chosen.PortableLength, (offset, part) => chosen.ReadPortable(offset, part.Span), cancellation);
                }
                if (await GuideChoice.ResolveAsync(header.Spec, draft.GuideFile, chosen, cancellation) is { } guide)
                {
                    await AssetUpload.EnsureAsync(
                        connection, "the guide's features", guide.Sha256, guide.File.Length, (offset, part) => guide.File.Slice((int)offset, part.Length).CopyTo(part), cancellation);
                }
            }
            (header.InputName, header.InputBytes, header.OutputFormat) = (Path.GetFileName(photograph.Name), photograph.Length, target?.Ending ?? "");
            id = await reconnection.RunAsync(() => UploadAsync(connection, photograph, header, reconnection, cancellation), cancellation);
        }
        Console.Out.WriteLine(id);
        if (target is null && !wait)
            return ExitCode.Done;

        try
        {
            await using (var display = ProgressDisplay.Open())
                await JobWatch.UntilDoneAsync(connection, id, display, preview: null, reconnection, cancellation);
            if (target is not null)
                await JobResult.DownloadAsync(connection, id, target, reconnection, cancellation);
            return ExitCode.Done;
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException or RpcException)
        {
            Console.Error.WriteLine($"job {id} goes on: watch it with `dreamfarm jobs watch {id}`, end it with `dreamfarm jobs cancel {id}`");
            throw;
        }
    }

    private static async Task<string> UploadAsync(
        CoordinatorConnection connection, FileStream photograph, V1.SubmitHeader header, Reconnection reconnection, CancellationToken cancellation)
    {
        photograph.Position = 0;
        using var call = connection.Jobs.Submit(cancellationToken: cancellation);
        try
        {
            await call.RequestStream.WriteAsync(new V1.SubmitRequest { Header = header }, cancellation);
            reconnection.Reached();
            var chunk = new byte[ChunkBytes];
            for (int read; (read = await photograph.ReadAsync(chunk, cancellation)) > 0;)
                await call.RequestStream.WriteAsync(new V1.SubmitRequest { Data = ByteString.CopyFrom(chunk, 0, read) }, cancellation);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The coordinator has answered before it had everything: why, its answer says.
        }
        return (await call.ResponseAsync).Job.Id;
    }

    private static int ReadPriority(string? text)
    {
        if (text is null)
            return 0;
        return SubmitFields.Priority.TryParse(text, out int priority, out string? problem) ? priority : throw new UserException(problem);
    }
}
