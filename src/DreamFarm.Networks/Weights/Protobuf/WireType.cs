namespace DreamFarm.Networks;

/// <summary>How protobuf writes the value of a field.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Block = 2,
    Fixed32 = 5,
}
