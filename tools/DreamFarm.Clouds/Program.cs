using DreamFarm.Clouds;
using DreamFarm.Imaging;

// Draws the picture that `make demo` dreams from: a sky of cumulus clouds, marched through a field of noise.
// Usage: DreamFarm.Clouds OUT [WIDTH HEIGHT [SEED]]; without sizes it is assets/clouds.jpg, about two minutes of one core.
var path = args.ElementAtOrDefault(0) ?? "clouds.jpg";
var (width, height) = args.Length > 2 ? (int.Parse(args[1]), int.Parse(args[2])) : (1280, 800);
var sky = new Sky(int.Parse(args.ElementAtOrDefault(3) ?? "21"));

await ImageWriter.WriteAsync(path, width, height, (first, rows, _) =>
{
    Parallel.For(0, rows.Length / (3 * width), i =>
    {
        var row = rows.Span.Slice(i * 3 * width, 3 * width);
        for (var x = 0; x < width; x++)
        {
            var light = sky.Look((2f * x - width + 1) / height, 1 - (first + i + 0.5f) / height);
            for (var plane = 0; plane < 3; plane++)
                row[plane * width + x] = (short)MathF.Round((2 * light[plane] - 1) * 32767);
        }
    });
    return ValueTask.CompletedTask;
});
