namespace DreamFarm.Networks;

/// <summary>Bytes already in memory: weights that are part of the program.</summary>
internal sealed class MemoryWeightBytes(string name, ReadOnlyMemory<byte> bytes) : IWeightBytes
{
    public string Name => name;

    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > bytes.Length - destination.Length)
            throw new WeightsException(name, "it ends before its data does; it was cut short.");
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }

    public void Dispose()
    {
    }
}
