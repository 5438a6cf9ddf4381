using Orleans.Concurrency;

namespace DreamFarm.Coordinator;

/// <summary>
/// A band of one octave of a job; its key is "job/octave/band". Everything long is started by a call that returns at once,
/// and reported to the job's grain when it is done: a call must be answered within 30 seconds.
/// </summary>
internal interface IBandGrain : IGrainWithStringKey
{
    /// <summary>Makes the canvas as the octave begins.</summary>
    Task OpenAsync(BandOrder order);

    /// <summary>Takes the canvas from a checkpoint.</summary>
    /// <param name="order">The job.</param>
    /// <param name="steps">Steps of the octave that are in it.</param>
    /// <param name="checksum">That the band's rows must have.</param>
    Task LoadAsync(BandOrder order, int steps, uint checksum);

    /// <summary>Has layers' activations summed over the band's tiles of the octave's first step.</summary>
    /// <param name="layers">Their names; the sums come in this order.</param>
    /// <param name="trace">Context of the octave's span; null if it is not traced.</param>
    Task SumChannelsAsync(string[] layers, string? trace);

    /// <summary>Has the band's tiles computed, and merges what lies in the band.</summary>
    /// <param name="objective">What the gradient is of.</param>
    /// <param name="trace">Context of the step's span; null if it is not traced.</param>
    Task GradientAsync(int step, string objective, string? trace);

    /// <summary>Has the merged gradient filtered and measured, when every band has merged its own.</summary>
    /// <param name="step">The step whose gradient is merged.</param>
    /// <param name="levels">The scales of the filter's levels; empty before they are measured.</param>
    /// <param name="trace">Context of the step's span; null if it is not traced.</param>
    Task MeasureAsync(int step, double[] levels, string? trace);

    /// <summary>Takes the step.</summary>
    /// <param name="step">The step that was measured.</param>
    /// <param name="levels">The scales of the filter's levels, if it has any.</param>
    /// <param name="gradient">The normaliser's measure of the gradient.</param>
    Task AscendAsync(int step, double[] levels, double gradient);

    /// <summary>Writes the band's rows to a checkpoint, beside the gradient; only an ascent waits for it.</summary>
    /// <param name="steps">Steps of the octave that are done.</param>
    Task KeepAsync(int steps);

    /// <summary>Writes the band's rows to their place in the job's unfinished canvas.</summary>
    Task WriteAsync();

    /// <summary>Stops what the band does and lets go of its pixels.</summary>
    Task ReleaseAsync();

    /// <summary>Pixels of the canvas as it is before a step's ascent; small enough for one slice.</summary>
    [AlwaysInterleave]
    Task<PixelSlice> ReadAsync(int step, int top, int left, int height, int width);

    /// <summary>The merged gradient of a step, float32 and so two of a slice's values each; small enough for one slice.</summary>
    [AlwaysInterleave]
    Task<PixelSlice> ReadGradientAsync(int step, int top, int left, int height, int width);

    /// <summary>Takes rows of a core that another band computed.</summary>
    [AlwaysInterleave]
    Task TakeAsync(int step, HandedRows slice);

    [AlwaysInterleave]
    Task<BandStatus> StatusAsync();

    /// <summary>This band's rows of a preview of the whole canvas.</summary>
    /// <param name="height">Rows of the whole preview.</param>
    /// <param name="width">Columns of the preview.</param>
    [AlwaysInterleave]
    Task<PreviewRows> PreviewAsync(int height, int width);
}
