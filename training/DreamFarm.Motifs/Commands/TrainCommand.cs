using System.CommandLine;
using System.Globalization;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary><c>train</c>: the built-in network, from nothing.</summary>
internal static class TrainCommand
{
    /// <summary>How many pictures of each class an epoch has, and how many the accuracy is measured on.</summary>
    private const int Training = 1344, Validation = 48;

    public static Command Create()
    {
        var recipe = new TrainingOptions();
        var output = new Option<string>("--output", "-o") { HelpName = "FILE", Required = true, Description = "the weights: .safetensors; FILE.checkpoint beside it is what an interrupted training goes on from" };
        var seed = SeedOption.Create();
        var epochs = new Option<double>("--epochs") { HelpName = "E", DefaultValueFactory = _ => recipe.Epochs, Description = $"how often as many pictures as an epoch has, {Training} a class, are learned from" };
        var device = new Option<string>("--device") { HelpName = "D", DefaultValueFactory = _ => recipe.Device, Description = "cpu, cuda or cuda:N" };
        var threads = new Option<int>("--threads") { HelpName = "N", DefaultValueFactory = _ => recipe.Threads, Description = "the same number gives the same weights again; 0 is one for each processor" };
        var commit = new Option<string?>("--commit") { HelpName = "HASH", Description = "what of the repository is trained, for the file's metadata" };
        var command = new Command("train", "Trains the built-in network on painted pictures, other ones in every epoch.") { output, seed, epochs, device, threads, commit };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = recipe with
            {
                Seed = parsed.GetValue(seed),
                Epochs = parsed.GetValue(epochs),
                Device = parsed.GetValue(device)!,
                Threads = parsed.GetValue(threads),
            };
            await TrainAsync(parsed.GetValue(output)!, options, Training, Validation, parsed.GetValue(commit), Console.Out, TimeProvider.System, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Trains and writes the weights; what was begun before, with the same options, goes on.</summary>
    /// <param name="output">The weights.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="training">Pictures of each class in an epoch.</param>
    /// <param name="validation">Pictures of each class that are only measured.</param>
    /// <param name="commit">For the file's metadata; null says nothing there.</param>
    /// <param name="log">Gets a line every so often.</param>
    /// <param name="time">Says when that is.</param>
    /// <param name="cancellation">Ends it with a checkpoint.</param>
    internal static async Task TrainAsync(
        string output, TrainingOptions options, int training, int validation, string? commit, TextWriter log, TimeProvider time, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder && !Directory.Exists(folder))
            throw new ArgumentException($"{output} could not be written: there is no folder {folder}.");
        var classes = MotifPainter.Names.Count;
        using var trainer = new Trainer(
            BuiltInNetwork.Describe(),
            new MotifPictures(options.Seed, training * classes),
            // Other pictures than any that are trained on.
            new MotifPictures(~options.Seed, validation * classes),
            options,
            time);
        var checkpoint = $"{output}.checkpoint";
        if (File.Exists(checkpoint))
            await log.WriteLineAsync($"goes on from {checkpoint}");
        var last = await trainer.TrainAsync(checkpoint, new ProgressLines(log, time), cancellation);
        var notes = new Dictionary<string, string>();
        if (commit is not null)
            notes["commit"] = commit;
        trainer.Export(output, new ExportOptions { DescribeNetwork = false, Notes = notes });
        File.Delete(checkpoint);
        await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"wrote {output}: {last.ValidationAccuracy:P1} of {validation * classes} pictures that it has not seen are told right"));
    }
}
