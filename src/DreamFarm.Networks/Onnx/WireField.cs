namespace DreamFarm.Networks;

/// <summary>One field of a protobuf message.</summary>
/// <param name="Number">Its number in the message's definition.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Value">Of a number, its bits.</param>
/// <param name="Start">Of a block (text, message, packed numbers), its first byte in the file.</param>
/// <param name="End">Of a block, the byte behind its last.</param>
internal readonly record struct WireField(long Number, WireType Type, ulong Value, long Start, long End)
{
    public long Length => End - Start;

    public float Single => BitConverter.UInt32BitsToSingle((uint)Value);
}
