namespace StandIns.Orleans.Tests.Messages;

/// <summary>No message: it has no serializer attribute.</summary>
public sealed class Unmarked
{
    public string? Name { get; set; }
}
