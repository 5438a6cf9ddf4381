namespace Grpc.AspNetCore.HealthChecks;

/// <summary>A health check, as a mapping sees it.</summary>
public sealed class HealthCheckMapContext
{
    /// <summary>Describes a check.</summary>
    public HealthCheckMapContext(string name, IEnumerable<string> tags)
    {
        Name = name;
        Tags = tags;
    }

    /// <summary>The name under which the check was registered.</summary>
    public string Name { get; }

    /// <summary>The tags with which it was registered.</summary>
    public IEnumerable<string> Tags { get; }
}
