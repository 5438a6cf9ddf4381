namespace DreamFarm.Training;

/// <summary>
/// What each iteration does, as a function of its number alone, so that a training that was interrupted goes on as if it had not been.
/// Clean iterations use every batch once; those after them use each batch <see cref="Replay"/> times.
/// </summary>
internal sealed class Schedule
{
    /// <summary>Share of the iterations over which the rate rises.</summary>
    private const double WarmUp = 0.15;

    /// <summary>What the rate never falls below.</summary>
    private const double LeastRate = 1e-4;

    private readonly TrainingOptions _options;
    private readonly int _clean;

    public Schedule(TrainingOptions options, int pictures)
    {
        _options = options;
        Replay = options.Epsilon > 0 ? options.Replay : 1;
        Iterations = (int)Math.Clamp(Math.Round(options.Epochs * pictures / options.Batch), 1, int.MaxValue / 2);
        _clean = Replay == 1 ? Iterations : (int)Math.Round(options.Clean * Iterations);
    }

    public int Iterations { get; }

    /// <summary>How often a batch is used behind the clean iterations.</summary>
    public int Replay { get; }

    /// <summary>Different batches that are needed.</summary>
    public int Batches => BatchOf(Iterations - 1) + 1;

    /// <summary>Which of the batches an iteration uses.</summary>
    public int BatchOf(int iteration) => iteration < _clean ? iteration : _clean + (iteration - _clean) / Replay;

    /// <summary>Whether an iteration is the first one to use its batch.</summary>
    public bool IsFirst(int iteration) => iteration < _clean || (iteration - _clean) % Replay == 0;

    /// <summary>Whether the iteration's batch is used again, moved along the gradient that this one finds.</summary>
    public bool IsUsedAgain(int iteration) => iteration + 1 < Iterations && !IsFirst(iteration + 1);

    /// <summary>The rate of learning.</summary>
    public double Rate(int iteration)
    {
        var done = (double)iteration / Iterations;
        var share = done < WarmUp ? done / WarmUp : 0.5 * (1 + Math.Cos(Math.PI * (done - WarmUp) / (1 - WarmUp)));
        return _options.LearningRate * share + LeastRate;
    }

    /// <summary>How far a picture may be moved, L2.</summary>
    public double Epsilon(int iteration)
    {
        var beyond = (double)iteration / Iterations - _options.Clean;
        return _options.Epsilon * (_options.Ramp > 0 ? Math.Clamp(beyond / _options.Ramp, 0, 1) : 1);
    }
}
