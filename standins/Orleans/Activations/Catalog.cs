using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Calls;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Activations;

/// <summary>The silo's activations, at most one a grain.</summary>
internal sealed class Catalog(IServiceProvider services, IOptions<GrainCollectionOptions> options, TimeProvider time, ILogger<Catalog> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GrainId, Activation> _activations = [];
    private bool _isOpen;

    public Activation[] Activations
    {
        get
        {
            lock (_gate)
                return [.. _activations.Values];
        }
    }

    public void Open()
    {
        lock (_gate)
            _isOpen = true;
    }

    /// <summary>Takes no new activations and ends those that there are.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _isOpen = false;
        var left = Activations;
        foreach (var activation in left)
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."), cancellationToken);
        try
        {
            await Task.WhenAll(left.Select(a => a.Deactivated)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("The silo stops before all of its grains were deactivated: {Count} are left.", Activations.Length);
        }
    }

    /// <summary>Puts a request into the queue of the grain's activation, which it creates if there is none.</summary>
    public void Deliver(GrainId grain, Request request)
    {
        while (Find(grain) is { } activation)
        {
            if (activation.TryReceive(request))
                return;
        }

        request.Reject(new SiloUnavailableException($"The grain {grain} cannot be reached: the silo has not started yet, or is stopping."));
    }

    public void Remove(Activation activation)
    {
        lock (_gate)
            _activations.Remove(activation.GrainId);
    }

    private Activation? Find(GrainId grain)
    {
        Activation? activation;
        lock (_gate)
        {
            if (_activations.TryGetValue(grain, out activation) || !_isOpen)
                return activation;
            activation = new Activation(grain, this, services, options.Value, time, logger);
            _activations.Add(grain, activation);
        }

        activation.Start();
        return activation;
    }
}
