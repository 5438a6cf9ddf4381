using DreamFarm.Dreaming;
using DreamFarm.Telemetry;

namespace DreamFarm.Coordinator;

/// <summary>One job's way to the workers. Disposal withdraws the tiles that still wait.</summary>
internal sealed class JobDispatch : IGradientSource, IAsyncDisposable
{
    private readonly Dispatcher _dispatcher;

    internal JobDispatch(Dispatcher dispatcher, JobTarget target, WorkerTimeShare share)
    {
        _dispatcher = dispatcher;
        Target = target;
        Share = share;
        NumericsClass = target.NumericsClass;
    }

    public JobTarget Target { get; }

    /// <summary>The numerics class that the job has taken and keeps to; null until it has, and in mixed jobs that never had one.</summary>
    public string? NumericsClass { get; internal set; }

    /// <summary>One sentence why no tile can be given to anybody now; null if there is somebody.</summary>
    public string? Waiting => _dispatcher.FindObstacle(this);

    /// <summary>Workers that hold tiles of the job now.</summary>
    public int Workers => _dispatcher.CountWorkers(this);

    /// <summary>Tiles that nobody has yet, in the order in which they are given out. This and all below is guarded by the dispatcher's lock.</summary>
    internal LinkedList<PendingTile> Queue { get; } = [];

    /// <summary>Tiles that some worker has.</summary>
    internal HashSet<PendingTile> UnderWay { get; } = [];

    /// <summary>Those of them that take too long: a second worker may have them.</summary>
    internal List<PendingTile> Stragglers { get; } = [];

    /// <summary>What the job has had of the workers' time.</summary>
    internal WorkerTimeShare Share { get; }

    /// <summary>
    /// Counts what shows that workers which are lost are lost for other reasons than the job's tiles: tiles of it that are
    /// answered, and workers that are lost while they compute none of it.
    /// </summary>
    internal long Excuses { get; set; }

    /// <summary>Of tiles whose gradient is computed.</summary>
    internal TileTimes Times { get; } = new();

    /// <summary>Of tiles that are only run forward, which is quicker.</summary>
    internal TileTimes MeasureTimes { get; } = new();

    /// <summary>When the first worker answered its probe, in the time provider's ticks.</summary>
    internal long? FirstProbe { get; set; }

    internal bool Closed { get; set; }

    /// <inheritdoc/>
    public Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation) =>
        AnswerAsync(new PendingGradient(this, request), cancellation);

    /// <inheritdoc/>
    public Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation) =>
        AnswerAsync(new PendingSums(this, request, layers), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _dispatcher.Close(this);
        return ValueTask.CompletedTask;
    }

    private async Task<T> AnswerAsync<T>(PendingAnswer<T> tile, CancellationToken cancellation)
        where T : class
    {
        var request = tile.Request;
        cancellation.ThrowIfCancellationRequested();
        using var span = Spans.Inside("tile")?
            .SetTag("dreamfarm.job", Target.JobId)
            .SetTag("dreamfarm.octave", request.Octave.Index + 1)
            .SetTag("dreamfarm.step", request.Step + 1)
            .SetTag("dreamfarm.tile", $"{request.Tile.Row + 1}/{request.Tile.Column + 1}");
        (tile.Span, tile.Waiting) = (span, Spans.Open(span, "queue"));
        _dispatcher.Enqueue(tile);
        try
        {
            await using var _ = cancellation.UnsafeRegister(
                static (state, token) => ((PendingTile)state!).Job._dispatcher.Withdraw((PendingTile)state, token), tile);
            return await tile.Answer;
        }
        finally
        {
            // A second worker's window may still be being cut, from pixels that the caller is about to change.
            await _dispatcher.StopCuttingAsync(tile);
        }
    }
}
