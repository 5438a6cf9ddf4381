using DreamFarm.ContextError;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

// What a network's file states as its layers' automatic contexts: for every layer, the relative L2 difference between
// the gradient of tiles and that of the whole canvas, at contexts up to the exact one. Both sides are float16 as the
// farm has them, so about 1e-5 is what rounding alone makes.
//
//   dotnet run -c Release --project bench/DreamFarm.ContextError -- IMAGE NETWORK [WEIGHTS|-] [LAYER ...]
if (args.Length < 2 || NetworkCatalog.Find(args[1]) is not { } network)
{
    Console.Error.WriteLine($"Usage: IMAGE NETWORK [WEIGHTS|-] [LAYER ...]; NETWORK is one of {string.Join(", ", NetworkCatalog.All.Select(known => known.Name))}.");
    return 2;
}

const int Side = 384, Tile = 128, Shift = 45;
const double Enough = 2e-4;
short[] canvas = await Photograph.ReadAsync(args[0], Side);
using WeightFile file = args.Length > 2 && args[2] != "-" ? WeightFile.Open(args[2])
    : WeightFile.OpenBuiltIn(network) ?? throw new ArgumentException($"{network.Name} has no weights of its own: name a file.");
using NetworkWeights weights = NetworkWeights.Load(network, file);
using var engine = new GradientEngine(weights, new EngineOptions());
var geometry = new NetworkGeometry(network);

Console.WriteLine($"{network.Name}, {args[0]}, canvas {Side}x{Side}, tiles of {Tile}, l2; exact and automatic context, then context: error");
foreach (Layer layer in network.Layers.Where(layer => args.Length <= 3 || args[3..].Contains(layer.Name)))
{
    var objective = new OctaveObjective(geometry, new Objective(ObjectiveKind.L2, [new(layer.Name, 1)]), Side, Side);
    (int stride, int exact) = (objective.Evaluation.Stride, objective.Evaluation.ExactContext);
    double[] whole = await GradientAsync(objective, tile: Side, exact);
    Console.Write($"{layer.Name,-8} {exact,4} {layer.Context.Pixels,4}   ");

    // From exact downwards; one context past the first that is not enough shows how it falls off.
    int past = 0;
    for (int context = exact; context >= 0 && past < 2; context -= stride * Math.Max(1, 8 / stride))
    {
        double[] tiled = await GradientAsync(objective, Tile, context);
        double error = Math.Sqrt(tiled.Zip(whole, (a, b) => (a - b) * (a - b)).Sum() / whole.Sum(b => b * b));
        Console.Write($" {context}: {error:0.0e-0}");
        past += error > Enough ? 1 : 0;
    }

    Console.WriteLine();
}

return 0;

// The canvas's gradient [rows][3][columns], tile by tile; the canvas goes on periodically.
async Task<double[]> GradientAsync(OctaveObjective objective, int tile, int context)
{
    var grid = new TileGrid(new Size(Side, Side), tile, context, objective.Evaluation.Stride, Shift, Shift);
    var gradient = new double[canvas.Length];
    await Task.WhenAll(Enumerable.Range(0, grid.Count).Select(i => TileAsync(grid[i / grid.Columns, i % grid.Columns])));
    return gradient;

    async Task TileAsync(Tile place)
    {
        WindowShape shape = place.Shape;
        var window = new short[shape.WindowValues];
        for (int y = 0; y < shape.Height * 3; y++)
        {
            int row = Wrap(place.Window.Top + y / 3) * 3 + y % 3;
            for (int x = 0; x < shape.Width; x++)
                window[y * shape.Width + x] = canvas[row * Side + Wrap(place.Window.Left + x)];
        }

        var core = new Half[shape.CoreValues];
        WindowResult result = await engine.ComputeAsync(objective, shape, window, core, CancellationToken.None);
        for (int y = 0; y < shape.CoreHeight * 3; y++)
        {
            for (int x = 0; x < shape.CoreWidth; x++)
                gradient[(place.Core.Top * 3 + y) * Side + place.Core.Left + x] = Math.ScaleB((double)core[y * shape.CoreWidth + x], result.Exponent);
        }
    }
}

static int Wrap(int position) => (position % Side + Side) % Side;
