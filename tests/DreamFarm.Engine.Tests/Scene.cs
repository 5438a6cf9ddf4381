using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;

namespace DreamFarm.Engine.Tests;

/// <summary>A small canvas [rows][3][columns], wrapped at its edges, and gradients of windows on it.</summary>
internal sealed class Scene(int height, int width, short[] canvas)
{
    public int Height => height;

    public int Width => width;

    /// <summary>Soft blobs with some noise: like a picture, and like no other value anywhere.</summary>
    public static Scene Drawn(int height, int width)
    {
        var canvas = new short[height * 3 * width];
        for (int y = 0; y < height; y++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int x = 0; x < width; x++)
                {
                    double wave = Math.Sin(0.11 * x + c) * Math.Cos(0.07 * y - c) + 0.5 * Math.Sin(0.31 * (x + 2 * y));
                    double noise = (SplitMix64.Mix((ulong)((y * 3 + c) * width + x)) >> 40) / (double)(1 << 24) - 0.5;
                    canvas[(y * 3 + c) * width + x] = (short)Math.Round(short.MaxValue * Math.Clamp(0.5 * wave + 0.2 * noise, -1, 1));
                }
            }
        }

        return new Scene(height, width, canvas);
    }

    public static Scene FromBytes(int height, int width, byte[] canvas) => new(height, width, MemoryMarshal.Cast<byte, short>(canvas).ToArray());

    /// <summary>A window that starts at (top, left) of the canvas, which goes on periodically.</summary>
    public short[] Cut(WindowShape shape, int top, int left)
    {
        var window = new short[shape.WindowValues];
        for (int y = 0; y < shape.Height; y++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int x = 0; x < shape.Width; x++)
                    window[(y * 3 + c) * shape.Width + x] = canvas[(Modulo(top + y, height) * 3 + c) * width + Modulo(left + x, width)];
            }
        }

        return window;
    }

    /// <summary>The gradient of the canvas as a single window whose stride grid starts at (-dy, -dx).</summary>
    public Task<Computed> WholeAsync(GradientEngine engine, OctaveObjective objective, int context, int dy = 0, int dx = 0) =>
        TileAsync(engine, objective, context, dy, dx, 0, 0, height, width);

    /// <summary>The gradient of a rectangle of the canvas on the stride grid that starts at (-dy, -dx).</summary>
    public async Task<Computed> TileAsync(GradientEngine engine, OctaveObjective objective, int context, int dy, int dx, int top, int left, int rows, int columns)
    {
        int stride = objective.Evaluation.Stride;
        int before = Modulo(top + dy, stride), beside = Modulo(left + dx, stride);
        var shape = new WindowShape(
            RoundUp(before + rows, stride) + 2 * context, RoundUp(beside + columns, stride) + 2 * context,
            before + context, beside + context, rows, columns, top - before - context, left - beside - context);
        var core = new Half[shape.CoreValues];
        WindowResult result = await engine.ComputeAsync(objective, shape, Cut(shape, top - before - context, left - beside - context), core, TestContext.Current.CancellationToken);
        return new Computed(core, result);
    }

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;

    private static int Modulo(int value, int period) => (value % period + period) % period;
}

/// <summary>A core and what came with it.</summary>
internal sealed record Computed(Half[] Core, WindowResult Result)
{
    /// <summary>The gradient itself, [rows][3][columns].</summary>
    public double[] Gradient => [.. Core.Select(value => Math.ScaleB((double)value, Result.Exponent))];

    /// <summary>|a - b| / |b| in the L2 norm.</summary>
    public static double RelativeError(double[] a, double[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / b.Sum(y => y * y));
}

/// <summary>Engines and objectives in one line.</summary>
internal static class Make
{
    public static GradientEngine Motif(int lanes = 1, EnginePrecision precision = EnginePrecision.Float32)
    {
        using NetworkWeights weights = NetworkWeights.Load(MotifNetwork, WeightFile.OpenBuiltIn(MotifNetwork)!);
        return new GradientEngine(weights, new EngineOptions { Lanes = lanes, Precision = precision });
    }

    public static NetworkDescription MotifNetwork => NetworkCatalog.Find("motif")!;

    public static GradientEngine SqueezeNet()
    {
        using NetworkWeights weights = NetworkWeights.Load(NetworkCatalog.Find("squeezenet1_0")!, WeightFile.Open(Shared.SqueezeNet));
        return new GradientEngine(weights, new EngineOptions { Lanes = 1 });
    }

    /// <summary>An objective by its canonical text.</summary>
    public static OctaveObjective Objective(GradientEngine engine, int height, int width, string text, Boundary boundary = Boundary.Wrap, GuideFeatures? guide = null)
    {
        var geometry = new NetworkGeometry(engine.Network);
        Assert.True(ObjectiveSyntax.TryParse(text, geometry, out Objective? objective, out string? problem), problem);
        return new OctaveObjective(geometry, objective, height, width, boundary, guide);
    }

    /// <summary>Features of a guide that nobody drew, between 0 and 1.</summary>
    public static GuideFeatures Guide(NetworkDescription network, int cells, params string[] layers)
    {
        var geometry = new NetworkGeometry(network);
        return new GuideFeatures(layers.ToDictionary(layer => layer, layer =>
        {
            int channels = geometry[layer].Channels;
            return new GuidedLayer(cells, channels, Enumerable.Range(0, cells * channels).Select(i => (SplitMix64.Mix((ulong)i) >> 40) / (float)(1 << 24)).ToArray());
        }));
    }

    public static OctaveObjective Objective(GradientEngine engine, int height, int width, ObjectiveKind kind, params (string Layer, double Weight)[] layers) =>
        new(new NetworkGeometry(engine.Network), new Objective([.. layers.Select(layer => new ObjectiveTerm(kind, layer.Layer, new AllChannels(), layer.Weight))]), height, width);
}
