using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>A tile over whose cells layers' activations are to be summed.</summary>
internal sealed class PendingSums(JobDispatch job, WindowRequest request, IReadOnlyList<MeasuredLayer> layers)
    : PendingAnswer<double[]>(job, request, job.Target.Setup(layers, request.Octave.Size), job.MeasureTimes)
{
    private readonly int _channels = layers.Sum(layer => layer.Channels);

    /// <summary>Why sums that a worker answered with cannot be right, one sentence; null if they can.</summary>
    public string? FindProblem(IReadOnlyList<double> sums) =>
        sums.Count != _channels ? $"it answered with the sums of {sums.Count} channels where {_channels} were asked for"
        : sums.All(double.IsFinite) ? null
        : "a channel's sum is not finite";

    public override string ToString() => $"{base.ToString()}, whose channels are measured";
}
