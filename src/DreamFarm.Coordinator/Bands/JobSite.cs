using DreamFarm.Dreaming;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Coordinator;

/// <summary>What the bands of one job on one silo share: the plan, the input, the way to the workers.</summary>
internal sealed class JobSite(JobPlan plan, RawOriginal original, JobDispatch dispatch) : IAsyncDisposable
{
    private readonly NetworkGeometry _geometry = new(plan.Network);

    public Plan Plan => plan.Plan;

    public IOriginal Original => original;

    public JobDispatch Dispatch => dispatch;

    /// <summary>Layers of the job's network with their channels.</summary>
    public IReadOnlyList<MeasuredLayer> Measured(string[] layers) => [.. layers.Select(layer => new MeasuredLayer(layer, _geometry[layer].Channels))];

    public async ValueTask DisposeAsync()
    {
        await dispatch.DisposeAsync();
        original.Dispose();
    }
}
