namespace StandIns.Orleans.Tests.Messages;

[GenerateSerializer]
public sealed record Stroke(int Width, int[] Points)
{
    [Id(0)]
    public string? Brush { get; init; }

    [field: NonSerialized]
    public string? Note { get; init; }
}
