using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain class is to the runtime.</summary>
public interface IGrainBase
{
    /// <summary>The grain's activation.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Called before the first call.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Called after the last call.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
