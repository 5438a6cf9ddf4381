namespace StandIns.Orleans.Tests.Messages;

[GenerateSerializer, Immutable]
public sealed class FrozenRows(byte[] bytes)
{
    [Id(0)]
    public byte[] Bytes { get; } = bytes;
}
