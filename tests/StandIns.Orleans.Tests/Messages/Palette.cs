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

    public string? Note { get; set; }

    public int[] Weights
    {
        get => _weights;
        set => _weights = value;
    }
}
