namespace DreamFarm.Dreaming;

/// <summary>What the gradient is divided by before the step, measured over the whole canvas.</summary>
public enum Normaliser
{
    /// <summary>Its standard deviation.</summary>
    StandardDeviation,

    /// <summary>The mean of its magnitudes, as in the notebook that came with "Inceptionism" (Google, 2015).</summary>
    MeanMagnitude,
}
