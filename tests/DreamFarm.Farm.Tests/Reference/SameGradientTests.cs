using System.Globalization;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>The merged gradient of a photograph against the reference's and against the farm's own in one window, and its seams.</summary>
public sealed class SameGradientTests : IDisposable
{
    private const int OneWindow = 2048;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(Boundary.Wrap)]
    [InlineData(Boundary.Reflect)]
    public async Task Tiles_with_exact_context_have_the_references_gradient(Boundary boundary)
    {
        Shared.SkipUnlessTheReferenceRuns();
        var (canvas, size, reference, loss) = await ReferenceAsync(boundary);
        using var engine = SqueezeNet(out var objective, out var evaluation);

        foreach (int tile in (int[])[128, 256, OneWindow])
        {
            var (gradient, ourLoss) = await MergedGradient.OfAsync(engine, objective, canvas, size, boundary, tile, evaluation.ExactContext);

            Say($"tile {tile}: relative L2 {Npy.RelativeError(gradient, reference):0.0e+0}, loss {ourLoss / loss - 1:0.0e+0}");
            Assert.InRange(Npy.RelativeError(gradient, reference), 0, 5e-3);
            Assert.Equal(1, ourLoss / loss, 1e-4);
        }
    }

    [Theory]
    [InlineData(Boundary.Wrap)]
    [InlineData(Boundary.Reflect)]
    public async Task Tiles_have_the_gradient_of_one_window(Boundary boundary)
    {
        Shared.SkipUnlessTheReferenceRuns();
        var (canvas, size, _, _) = await ReferenceAsync(boundary);
        using var engine = SqueezeNet(out var objective, out var evaluation);
        var (whole, _) = await MergedGradient.OfAsync(engine, objective, canvas, size, boundary, OneWindow, evaluation.ExactContext);

        foreach (int tile in (int[])[128, 256])
        {
            var (automatic, _) = await MergedGradient.OfAsync(engine, objective, canvas, size, boundary, tile, evaluation.AutomaticContext.Pixels);
            var (exact, _) = await MergedGradient.OfAsync(engine, objective, canvas, size, boundary, tile, evaluation.ExactContext);

            Say($"tile {tile}: automatic {Npy.RelativeError(automatic, whole):0.0e+0}, exact {Npy.RelativeError(exact, whole):0.0e+0}");
            Assert.InRange(Npy.RelativeError(automatic, whole), 0, 1e-3);
            Assert.InRange(Npy.RelativeError(exact, whole), 0, 2e-5);
        }
    }

    [Fact]
    public async Task The_gradient_has_no_seams_but_without_context_it_has()
    {
        // Of the built-in network, on a picture drawn here: this one is never skipped.
        var size = new Size(512, 640);
        var canvas = Picture.Canvas(size.Width, size.Height);
        var network = NetworkCatalog.Default;
        Assert.True(ObjectiveSyntax.TryParse("l2(5a)", new NetworkGeometry(network), out var objective, out _));
        using var weights = NetworkWeights.Load(network, WeightFile.OpenBuiltIn(network)!);
        using var engine = new GradientEngine(weights, new EngineOptions { Lanes = 1 });
        int context = new NetworkGeometry(network).Evaluate(new HashSet<string> { "5a" }).AutomaticContext.Pixels;

        double with = await SeamsAsync(context), without = await SeamsAsync(0);

        Say($"jumps across seams over jumps there in one window: {with:0.0000} with context, {without:0.000} without");
        Assert.InRange(with, 0.99, 1.01);
        Assert.NotInRange(without, 0.99, 1.01);

        // Jumps between neighbouring pixels across tile borders, over the jumps at the same places of a gradient that has no tiles there.
        async Task<double> SeamsAsync(int pixels)
        {
            const int Tile = 128;
            double across = 0, elsewhere = 0;
            for (int step = 0; step < 3; step++)
            {
                var tiles = Plan.Create(new DreamSpec { Input = size, Output = size, Stride = 16, Context = pixels, Tile = Tile }, out _)!.Octaves[0].TilesAt(step);
                var (gradient, _) = await MergedGradient.OfAsync(engine, objective!, canvas, size, Boundary.Wrap, Tile, pixels, step);
                var (whole, _) = await MergedGradient.OfAsync(engine, objective!, canvas, size, Boundary.Wrap, OneWindow, context, step);
                across += Jumps(gradient, tiles);
                elsewhere += Jumps(whole, tiles);
            }
            return across / elsewhere;
        }

        double Jumps(float[] gradient, TileGrid tiles)
        {
            double sum = 0;
            for (int plane = 0; plane < 3; plane++)
            {
                for (int row = 1; row < tiles.Rows; row++)
                    for (int x = 0, y = tiles[row, 0].Core.Top; x < size.Width; x++)
                        sum += Math.Abs(At(plane, y, x) - At(plane, y - 1, x));
                for (int column = 1; column < tiles.Columns; column++)
                    for (int y = 0, x = tiles[0, column].Core.Left; y < size.Height; y++)
                        sum += Math.Abs(At(plane, y, x) - At(plane, y, x - 1));
            }
            return sum;

            double At(int plane, int y, int x) => gradient[(plane * size.Height + y) * size.Width + x];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static GradientEngine SqueezeNet(out Objective objective, out NetworkEvaluation evaluation)
    {
        var network = NetworkCatalog.Find("squeezenet1_0")!;
        Assert.True(ObjectiveSyntax.TryParse("l2(fire6),l2(fire8)", new NetworkGeometry(network), out var parsed, out string? problem), problem);
        objective = parsed!;
        evaluation = new NetworkGeometry(network).Evaluate(new HashSet<string> { "fire6", "fire8" });
        using var weights = NetworkWeights.Load(network, WeightFile.Open(Shared.SqueezeNet));
        return new GradientEngine(weights, new EngineOptions { Lanes = 1 });
    }

    private async Task<(short[] Canvas, Size Size, float[] Gradient, double Loss)> ReferenceAsync(Boundary boundary)
    {
        string printed = await Shared.PythonAsync("-c",
            """
            import sys
            image, weights, folder, boundary = sys.argv[1:]
            import dream_reference as r
            canvas = r.on_grid(r.load_image(image))
            dy, dx = r.roll(1, 0, 0, 512)
            g, loss = r.gradient(r.SqueezeNet(r.read_safetensors(weights)), canvas, {"fire6": 1.0, "fire8": 1.0}, "l2", boundary, dy, dx)
            (canvas * 32767).round().short().permute(1, 0, 2).contiguous().numpy().tofile(folder + "/canvas")
            g.numpy().tofile(folder + "/gradient")
            print(canvas.shape[1], canvas.shape[2], repr(loss))
            """,
            Shared.Sky, Shared.SqueezeNet, _folder.FullName, boundary == Boundary.Wrap ? "wrap" : "reflect");
        string[] words = printed.Split();
        return (
            MemoryMarshal.Cast<byte, short>(await File.ReadAllBytesAsync(_folder["canvas"], TestContext.Current.CancellationToken)).ToArray(),
            new Size(int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture)),
            MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(_folder["gradient"], TestContext.Current.CancellationToken)).ToArray(),
            double.Parse(words[2], CultureInfo.InvariantCulture));
    }
}
