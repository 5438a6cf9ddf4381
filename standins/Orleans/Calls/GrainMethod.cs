using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Calls;

/// <summary>What a grain interface says about one of its methods.</summary>
internal sealed class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Known = new();

    private readonly MethodInfo _method;
    private readonly bool[] _immutable;

    private GrainMethod(MethodInfo method)
    {
        _method = method;
        var parameters = method.GetParameters();
        _immutable = [.. parameters.Select(p => p.IsDefined(typeof(ImmutableAttribute), inherit: false))];
        TokenIndex = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
        Interleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        Shape = ReturnShape.Of(method.ReturnType);
        if (method.ReturnType == typeof(void) && !IsOneWay)
            throw new NotSupportedException($"{this} returns nothing, so it must be marked [OneWay], or return Task.");
    }

    public bool Interleaves { get; }

    public bool IsOneWay { get; }

    public ReturnShape Shape { get; }

    /// <summary>Which parameter is the cancellation token, -1 for none.</summary>
    public int TokenIndex { get; }

    public static GrainMethod Of(MethodInfo method) => Known.GetOrAdd(method, static method => new GrainMethod(method));

    /// <summary>Whether an argument is passed by reference within the silo.</summary>
    public bool IsImmutable(int index) => _immutable[index];

    public Task<object?> InvokeAsync(object grain, object?[] arguments) =>
        Shape.UnwrapAsync(_method.Invoke(grain, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null));

    public override string ToString() => $"{_method.DeclaringType!.Name}.{_method.Name}";
}
