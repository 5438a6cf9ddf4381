namespace DreamFarm.Dreaming;

/// <summary>All bands of the canvas together, wherever they live. Calls come one after another.</summary>
public interface ICanvas
{
    /// <summary>Makes the octave's canvas from the original and the octave before, and lets go of that one.</summary>
    Task OpenAsync(Octave octave, CancellationToken cancellation);

    /// <summary>Has the gradient of every tile computed and merged.</summary>
    /// <returns>The bands' reports, topmost first.</returns>
    Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, CancellationToken cancellation);

    /// <summary>Takes the step everywhere.</summary>
    Task AscendAsync(Octave octave, int step, double standardDeviation, CancellationToken cancellation);
}
