using System.Collections.Concurrent;
using System.CommandLine;

namespace DreamFarm.Motifs;

/// <summary><c>write</c>: pictures as files, a folder for each class, as <c>dreamfarm train --images</c> reads them.</summary>
internal static class WriteCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "gets a folder for each class" };
        var count = new Option<int>("--count") { HelpName = "N", DefaultValueFactory = _ => 20 * MotifPainter.Names.Count, Description = "how many pictures, of all classes in turn" };
        var seed = SeedOption.Create();
        var command = new Command("write", "Paints pictures into PNG files, a folder for each class.") { folder, count, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            await WriteAsync(parsed.GetValue(folder)!, parsed.GetValue(count), parsed.GetValue(seed), cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Writes pictures whose names, the index in eight digits, sort as they were painted.</summary>
    /// <exception cref="ArgumentException">The count is none that could be written.</exception>
    internal static async Task WriteAsync(string folder, int count, ulong seed, CancellationToken cancellation)
    {
        if (count is < 1 or > 99_999_999)
            throw new ArgumentException($"--count must be 1 to 99999999, not {count}.");
        var painter = new MotifPainter(seed);
        foreach (var name in MotifPainter.Names.Take(count))
            Directory.CreateDirectory(Path.Combine(folder, name));
        var buffers = new ConcurrentBag<byte[]>();
        await Parallel.ForAsync(0, count, cancellation, async (index, cancelled) =>
        {
            var planes = buffers.TryTake(out var used) ? used : new byte[3 * painter.Size * painter.Size];
            var label = painter.Paint(index, planes);
            var path = Path.Combine(folder, MotifPainter.Names[label], $"{index:D8}.png");
            await PictureFile.WriteAsync(path, painter.Size, painter.Size, planes, cancelled);
            buffers.Add(planes);
        });
    }
}
