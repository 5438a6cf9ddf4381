namespace Orleans.Runtime;

/// <summary>A grain's activation, as the runtime knows it.</summary>
public interface IGrainContext
{
    /// <summary>Which grain.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain's object; null while it is being constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>The activation's services: a scope of its own.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation is gone.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation as soon as what it runs is done. Calls that wait go to the next activation.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
