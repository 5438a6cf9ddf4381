using System.CommandLine;

namespace DreamFarm.Motifs;

/// <summary><c>sheet</c>: pictures of all classes at a glance.</summary>
internal static class SheetCommand
{
    private const int Columns = 12;

    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { HelpName = "FILE", Required = true, Description = "the sheet: .png, .jpg, .tif or .webp" };
        var seed = SeedOption.Create();
        var command = new Command("sheet", "Paints a sheet with twelve pictures of every class, and prints the classes in its order.") { output, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            var painter = new MotifPainter(parsed.GetValue(seed));
            var (planes, width, height) = Draw(painter);
            await PictureFile.WriteAsync(parsed.GetValue(output)!, width, height, planes, cancellation);
            foreach (var (left, right) in Rows())
                Console.WriteLine($"{left,-12}{right}");
            return 0;
        });
        return command;
    }

    /// <summary>The names that stand in a row, on the left and on the right half of the sheet.</summary>
    private static IEnumerable<(string Left, string? Right)> Rows()
    {
        var half = Half;
        return Enumerable.Range(0, half).Select(row => (MotifPainter.Names[row], MotifPainter.Names.ElementAtOrDefault(row + half)));
    }

    private static int Half => (MotifPainter.Names.Count + 1) / 2;

    /// <summary>The sheet as planes, <c>[3][height][width]</c>, and its size in pixels.</summary>
    private static (byte[] Planes, int Width, int Height) Draw(MotifPainter painter)
    {
        var (size, classes) = (painter.Size, MotifPainter.Names.Count);
        var (width, height) = (2 * Columns * size, Half * size);
        var sheet = new byte[3 * width * height];
        Parallel.For(0, classes * Columns, () => new byte[3 * size * size], (index, _, picture) =>
        {
            var label = painter.Paint(index, picture);
            var left = (index / classes + (label < Half ? 0 : Columns)) * size;
            var top = label % Half * size;
            for (var row = 0; row < 3 * size; row++)
                picture.AsSpan(row * size, size).CopyTo(sheet.AsSpan((row / size * height + top + row % size) * width + left));
            return picture;
        }, _ => { });
        return (sheet, width, height);
    }
}
