namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Maps names of services to health checks.</summary>
public sealed class ServiceMappingCollection
{
    private readonly Dictionary<string, Func<HealthCheckMapContext, bool>> _mappings = [];

    internal IReadOnlyDictionary<string, Func<HealthCheckMapContext, bool>> Mappings => _mappings;

    /// <summary>Says which checks stand for a service, in place of what was said before.</summary>
    public void Map(string name, Func<HealthCheckMapContext, bool> predicate) => _mappings[name] = predicate;
}
