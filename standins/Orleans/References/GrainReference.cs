using System.Reflection;
using Orleans.Calls;

namespace Orleans.Runtime;

/// <summary>What <see cref="IGrainFactory"/> returns: an object of the grain's interface whose methods send calls to the grain.</summary>
public class GrainReference : DispatchProxy, IAddressable
{
    private CallSender? _sender;

    /// <summary>The grain that calls go to.</summary>
    public GrainId GrainId { get; private set; }

    internal static object Create(Type grainInterface, GrainId grain, CallSender sender)
    {
        var proxy = Create(grainInterface, typeof(GrainReference));
        var reference = (GrainReference)proxy;
        (reference.GrainId, reference._sender) = (grain, sender);
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _sender!.Send(GrainId, GrainMethod.Of(targetMethod!), args ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GrainReference other && other.GrainId == GrainId;

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"GrainReference:{GrainId}";

    internal object As(Type grainInterface) => Create(grainInterface, GrainId, _sender!);
}
