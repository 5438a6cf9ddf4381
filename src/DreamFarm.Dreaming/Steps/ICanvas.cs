namespace DreamFarm.Dreaming;

/// <summary>All bands of the canvas together, wherever they live. Calls come one after another.</summary>
public interface ICanvas
{
    /// <summary>Makes the octave's canvas from the original and the octave before, and lets go of that one.</summary>
    Task OpenAsync(Octave octave, CancellationToken cancellation);

    /// <summary>Has layers' activations summed over all tiles of the octave's first step; no pixel changes.</summary>
    /// <returns>The bands' sums, topmost first: the channels of every layer, one layer behind the other.</returns>
    Task<IReadOnlyList<double[]>> SumChannelsAsync(Octave octave, IReadOnlyList<MeasuredLayer> layers, CancellationToken cancellation);

    /// <summary>Has the gradient of every tile computed and merged, and measured unless a filter must see all of it first.</summary>
    /// <param name="objective">What the octave is dreamt with, every channel named; see <see cref="IOctaveObjectives"/>.</param>
    /// <returns>The bands' reports, topmost first.</returns>
    Task<IReadOnlyList<BandReport>> GradientAsync(Octave octave, int step, string objective, CancellationToken cancellation);

    /// <summary>Has the merged gradient filtered and measured: only for a spec with a filter, as often as that takes.</summary>
    /// <param name="scales">What has been measured of the step so far.</param>
    /// <returns>The bands' reports, topmost first.</returns>
    Task<IReadOnlyList<BandReport>> MeasureAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation);

    /// <summary>Takes the step everywhere.</summary>
    /// <param name="scales">All that had to be measured.</param>
    Task AscendAsync(Octave octave, int step, StepScales scales, CancellationToken cancellation);
}
