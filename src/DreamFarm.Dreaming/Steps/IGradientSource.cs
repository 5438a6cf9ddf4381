namespace DreamFarm.Dreaming;

/// <summary>Whoever computes gradients of windows: an engine in this process, or a farm of workers.</summary>
public interface IGradientSource
{
    /// <summary>Computes one core's gradient. Many calls run at once; a source cuts a window only when it has room for it.</summary>
    /// <exception cref="GradientException">The window cannot be computed anywhere; the job fails with the message.</exception>
    Task<CoreGradient> ComputeAsync(WindowRequest request, CancellationToken cancellation);

    /// <summary>
    /// Runs the network forward over one window and sums layers' activations over the cells whose origin lies in the core. Of
    /// such a request the objective does not count.
    /// </summary>
    /// <returns>The channels' sums, one layer behind the other.</returns>
    /// <exception cref="GradientException">The window cannot be computed anywhere; the job fails with the message.</exception>
    Task<double[]> MeasureAsync(WindowRequest request, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation);
}

/// <summary>A window waiting to be computed.</summary>
public sealed class WindowRequest
{
    /// <summary>The octave that the window belongs to.</summary>
    public required Octave Octave { get; init; }

    /// <summary>The step within the octave.</summary>
    public required int Step { get; init; }

    /// <summary>What is to be computed.</summary>
    public required Tile Tile { get; init; }

    /// <summary>What the gradient is of, every channel named; see <see cref="IOctaveObjectives"/>.</summary>
    public required string Objective { get; init; }

    /// <summary>
    /// Fills a buffer of <see cref="WindowShape.WindowValues"/> with the window's pixels, [rows][3][columns], k meaning
    /// k/32767. It may be called again for a second try.
    /// </summary>
    public required Func<Memory<short>, CancellationToken, ValueTask> CutAsync { get; init; }
}

/// <summary>A gradient cannot be had: a bug, a broken file, or every worker refused. The message is one sentence for the user.</summary>
public sealed class GradientException(string message, Exception? inner = null) : Exception(message, inner);
