using System.CommandLine;
using System.Globalization;
using DreamFarm.Training;

namespace DreamFarm.Motifs;

/// <summary><c>measure</c>: how many painted pictures weights tell right.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var recipe = new TrainingOptions();
        var file = new Argument<string>("FILE") { Description = "weights of the built-in network" };
        var count = new Option<int>("--count") { HelpName = "N", DefaultValueFactory = _ => 96, Description = "pictures of each class" };
        var seed = SeedOption.Create(otherwise: 1_000_003);
        var command = new Command("measure", "Measures the accuracy of weights on painted pictures; their training has seen none of them unless it had the same seed.") { file, count, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(count) is var each && each is < 1 or > 1_000_000)
                throw new ArgumentException($"--count must be 1 to 1000000, not {each}.");
            var pictures = new MotifPictures(parsed.GetValue(seed), each * MotifPainter.Names.Count);
            using var weights = BuiltInNetwork.Load(parsed.GetValue(file)!);
            foreach (var side in (int[])[recipe.Crop, 96])
            {
                var accuracy = await Accuracy.MeasureAsync(weights, pictures, side, cancellation: cancellation);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{accuracy:P2} of {pictures.Count} pictures are told right by the {side}x{side} pixels in their middle"));
            }
            return 0;
        });
        return command;
    }
}
