namespace StandIns.Orleans.Tests.Messages;

[GenerateSerializer]
public class Palette
{
    [Id(0)]
    public string? Name { get; set; }

    [Id(1)]
    public List<int> Colours { get; init; } = [];

    [Id(2)]
    private int[] _weights = [];

    // The official analyzer wants it said of every member that stays behind.
    [field: NonSerialized]
    public string? Note { get; set; }

    public int[] Weights
    {
        get => _weights;
        set => _weights = value;
    }
}
