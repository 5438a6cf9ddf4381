namespace StandIns.Orleans.Tests.Messages;

[GenerateSerializer]
public sealed class FramedPalette : Palette
{
    [Id(0)]
    public FramedPalette? Inner { get; set; }
}
