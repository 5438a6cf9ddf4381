using System.Globalization;
using DreamFarm.ContextError;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

// What a network's file states as its layers' automatic contexts: for every layer the least context with which the
// gradient of tiles differs from that with exact context, which is the whole canvas's, by no more than is enough (relative
// L2). Both sides are float16 as the farm has them, so about 1e-5 is what rounding alone makes. With --random the
// network has weights that were never trained: what that says of trained ones is in the files that use it.
//
//   dotnet run -c Release --project bench/DreamFarm.ContextError -- IMAGE NETWORK WEIGHTS|-|--random [LAYER ...]
if (args.Length < 3 || NetworkCatalog.Find(args[1]) is not { } network)
{
    Console.Error.WriteLine($"Usage: IMAGE NETWORK WEIGHTS|-|--random [LAYER ...]; NETWORK is one of {string.Join(", ", NetworkCatalog.All.Select(known => known.Name))}.");
    return 2;
}

// Behind more context than the farthest, the rest of the reach has nothing left to say.
const int Side = 384, Tile = 128, Farthest = 640;
bool random = args[2] == "--random";
double enough = random ? 1e-3 : 2e-4;
short[] canvas = await Photograph.ReadAsync(args[0], Side);
using NetworkWeights weights = random ? RandomWeights.Of(network) : NetworkWeights.Load(network, args[2] != "-" ? WeightFile.Open(args[2])
    : WeightFile.OpenBuiltIn(network) ?? throw new ArgumentException($"{network.Name} has no weights of its own: name a file."));
using var engine = new GradientEngine(weights, new EngineOptions());
var geometry = new NetworkGeometry(network);
Tile[] places = random ? [Middle()] : [.. All()];

Console.WriteLine($"{network.Name}, {args[0]}, {places.Length} tiles of {Tile} on {Side}x{Side}, l2, {(random ? "random weights" : weights.Name)}; exact context, least with an error of {enough}, then context: error");
foreach (Layer layer in network.Layers.Where(layer => args.Length <= 3 ? layer.Context is not null : args[3..].Contains(layer.Name)))
{
    var objective = new OctaveObjective(geometry, new Objective([new(ObjectiveKind.L2, layer.Name, new AllChannels(), 1)]), Side, Side);
    (int stride, int exact) = (objective.Evaluation.Stride, objective.Evaluation.ExactContext);
    int step = stride * Math.Max(1, 8 / stride), farthest = Math.Min(exact, Farthest / stride * stride);
    double[][] truth = await GradientsAsync(objective, farthest);
    var errors = new SortedDictionary<int, double>();

    // The error falls with the context: halve the interval (too little, enough].
    int little = -1, much = (farthest + step - 1) / step;
    while (much - little > 1)
    {
        int middle = (little + much) / 2, context = Math.Min(middle * step, farthest);
        double[][] tiled = await GradientsAsync(objective, context);
        double difference = 0, size = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            difference += tiled[i].Zip(truth[i], (a, b) => (a - b) * (a - b)).Sum();
            size += truth[i].Sum(b => b * b);
        }

        errors[context] = Math.Sqrt(difference / size);
        (little, much) = errors[context] > enough ? (middle, much) : (little, middle);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{layer.Name,-20} {exact,4} {Math.Min(much * step, farthest),4}   {string.Join(' ', errors.Select(error => string.Create(CultureInfo.InvariantCulture, $"{error.Key}: {error.Value:0.0e-0}")))}"));
}

return 0;

// The grid's shape apart from context and stride, which GradientsAsync chooses.
static IEnumerable<Tile> All() => Places(45);

static Tile Middle() => Places(0).ElementAt(4);

static IEnumerable<Tile> Places(int shift)
{
    var grid = new TileGrid(new Size(Side, Side), Tile, 0, 1, shift, shift);
    for (int i = 0; i < grid.Count; i++)
        yield return grid[i / grid.Columns, i % grid.Columns];
}

// The gradients of the tiles' cores, each [rows][3][columns]; the canvas goes on periodically.
async Task<double[][]> GradientsAsync(OctaveObjective objective, int context) =>
    await Task.WhenAll(places.Select(place => GradientAsync(objective, place.Core, context)));

async Task<double[]> GradientAsync(OctaveObjective objective, Rectangle core, int context)
{
    int stride = objective.Evaluation.Stride, top = Wrap(core.Top, stride), left = Wrap(core.Left, stride);
    var shape = new WindowShape(
        RoundUp(top + core.Height, stride) + 2 * context, RoundUp(left + core.Width, stride) + 2 * context, top + context, left + context, core.Height, core.Width);
    var window = new short[shape.WindowValues];
    for (int y = 0; y < shape.Height * 3; y++)
    {
        int row = Wrap(core.Top - shape.CoreTop + y / 3, Side) * 3 + y % 3;
        for (int x = 0; x < shape.Width; x++)
            window[y * shape.Width + x] = canvas[row * Side + Wrap(core.Left - shape.CoreLeft + x, Side)];
    }

    var rounded = new Half[shape.CoreValues];
    WindowResult result = await engine.ComputeAsync(objective, shape, window, rounded, CancellationToken.None);
    return [.. rounded.Select(value => Math.ScaleB((double)value, result.Exponent))];
}

static int Wrap(int position, int period) => (position % period + period) % period;

static int RoundUp(int value, int step) => (value + step - 1) / step * step;
