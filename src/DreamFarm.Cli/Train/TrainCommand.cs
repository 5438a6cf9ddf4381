using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Files;
using DreamFarm.Cli.Progress;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Training;

namespace DreamFarm.Cli.Train;

/// <summary><c>dreamfarm train</c>: a network of a user's own pictures, to dream in their motifs.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new Command("train", "trains a network on a folder of your own pictures, to dream in their motifs");
        var flags = new TrainFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var request = flags.Read(parsed);
            try
            {
                await RunAsync(request, cancellation);
            }
            catch (OperationCanceledException) when (File.Exists(request.Checkpoint))
            {
                Console.Error.WriteLine($"stopped: the same command goes on from {request.Checkpoint}");
                throw;
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task RunAsync(TrainRequest request, CancellationToken cancellation)
    {
        // 1. The pictures; but that a device is not there is told before they are read.
        CheckDevice(request.Device);
        using var folder = await ReadAsync(request, cancellation);
        Console.Error.WriteLine(TrainText.Of(folder));

        // 2. The training, from its checkpoint if it has one.
        var options = FolderRecipe.For(folder.Training.Count, request.Size, request.Epochs) with { Seed = request.Seed, Device = request.Device };
        using var trainer = Start(request, folder, options);
        CheckRoom(request, trainer);
        var end = await TrainAsync(trainer, request, options, cancellation);

        // 3. The file, under its name only when it is complete.
        trainer.Export(request.Output, new ExportOptions());
        File.Delete(request.Checkpoint);
        Console.Error.WriteLine($"wrote {request.Output}");
        Console.Error.WriteLine($"{request.Name} tells {folder.Classes.Count} classes apart: {TrainText.Percent(end.ValidationAccuracy!.Value)} right of {folder.Validation.Count} pictures that it has never seen");
        Console.Error.WriteLine($"dream with it: dreamfarm render photo.jpg --weights {request.Output} -o dream.png");
    }

    private static async Task<PictureFolder> ReadAsync(TrainRequest request, CancellationToken cancellation)
    {
        await using var display = ProgressDisplay.Open();
        try
        {
            string status = $"reading pictures in {request.Images}";
            display.Report(status);
            var folder = await PictureFolder.ReadAsync(
                request.Images, request.Size, FolderRecipe.Zoom * request.Size, request.Seed,
                new Follower<FolderProgress>(progress => display.Report(status, (double)progress.Done / progress.Count)), cancellation);
            Tell(folder.LeftOut);
            return folder;
        }
        catch (FolderException e)
        {
            Tell(e.LeftOut);
            throw;
        }

        void Tell(IReadOnlyList<string> leftOut)
        {
            foreach (string line in LeftOut.Lines(leftOut))
                display.Say(line);
        }
    }

    private static Trainer Start(TrainRequest request, PictureFolder folder, TrainingOptions options)
    {
        var network = NetworkCatalog.Default with
        {
            Name = request.Name,
            Summary = $"trained on pictures of {TrainText.List([.. folder.Classes])}",
        };
        using var first = NetworkWeights.Load(NetworkCatalog.Default.Name, WeightFile.OpenBuiltIn(NetworkCatalog.Default)!);
        return new Trainer(network, folder.Training, folder.Validation, options, first: first);
    }

    /// <summary>At most two files lie there at once, none larger than a checkpoint: the one before and the next one, or the last one and the weights.</summary>
    private static void CheckRoom(TrainRequest request, Trainer trainer) =>
        PartialFile.CheckPlace(request.Checkpoint, (File.Exists(request.Checkpoint) ? 1 : 2) * trainer.CheckpointBytes);

    private static void CheckDevice(string device)
    {
        Libtorch.Load();
        try
        {
            new TrainingOptions { Device = device }.Check();
        }
        catch (ArgumentException e)
        {
            throw new UserException(e.Message, e);
        }
    }

    private static async Task<TrainingProgress> TrainAsync(Trainer trainer, TrainRequest request, TrainingOptions options, CancellationToken cancellation)
    {
        await using var display = ProgressDisplay.Open();
        double shown = 0;
        bool resumes = File.Exists(request.Checkpoint);
        return await trainer.TrainAsync(request.Checkpoint, new Follower<TrainingProgress>(Show), cancellation);

        // A bar follows every iteration; lines that stay are one an epoch.
        void Show(TrainingProgress progress)
        {
            if (resumes)
                display.Say($"goes on from {request.Checkpoint}");
            resumes = false;
            if (!display.IsLive && Math.Floor(progress.Epoch) == shown)
                return;
            shown = Math.Floor(progress.Epoch);
            display.Report(TrainText.Of(progress, options.Epochs), (double)progress.Iteration / progress.Iterations);
        }
    }

    /// <summary>Hears of progress at once and on the thread where it is made, so that none is told after the end.</summary>
    private sealed class Follower<T>(Action<T> heard) : IProgress<T>
    {
        public void Report(T value) => heard(value);
    }
}
