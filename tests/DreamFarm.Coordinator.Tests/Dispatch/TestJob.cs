using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Tiles whose windows are filled with their own number, so that an answer shows whose it is.</summary>
internal static class TestJob
{
    private const int Context = 16;

    private const string Objective = "l2(4a):1";

    private static readonly Plan Plan = Plan.Create(
        new DreamSpec { Input = new Size(4096, 4096), Output = new Size(4096, 4096), Octaves = 4, Stride = 8, Context = Context, Tile = 64 },
        out _)!;

    public static JobTarget Target() => new()
    {
        JobId = "first",
        Network = "motif",
        ProbeObjective = Objective,
        LargestWindow = new Size(96, 96),
        ProbeShape = new WindowShape(96, 96, 16, 16, 64, 64),
        ProbeCanvas = new Size(4096, 4096),
    };

    public static WindowRequest Request(int number, int side, int octave = 0, string objective = Objective) => new()
    {
        Octave = Plan.Octaves[octave],
        Step = 0,
        Objective = objective,
        Tile = new Tile(0, number, new Rectangle(0, number * side, side, side), new Rectangle(-Context, number * side - Context, side + 2 * Context, side + 2 * Context)),
        CutAsync = (window, _) =>
        {
            window.Span.Fill((short)(number + 1));
            return ValueTask.CompletedTask;
        },
    };

    /// <summary>Has tiles computed all at once and looks at every value that comes back.</summary>
    public static Task CheckAsync(IGradientSource source, int tiles, int side = 64, int octave = 0) =>
        Task.WhenAll(Enumerable.Range(0, tiles).Select(async number =>
        {
            using var gradient = await source.ComputeAsync(Request(number, side, octave), CancellationToken.None);
            Assert.Equal(3 * side * side, gradient.Values.Length);
            Assert.Equal(-1, gradient.Values.Span.IndexOfAnyExcept((Half)(number + 1)));
            Assert.Equal(1, gradient.Loss);
        }));
}
