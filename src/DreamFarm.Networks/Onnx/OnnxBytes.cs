namespace DreamFarm.Networks;

/// <summary>
/// A model's file with numbers behind it that are in no file as they are needed: batch norms as scale and shift, matrices
/// turned round, numbers that were stored one by one. They stay in memory, a bounded part of the file's own size.
/// </summary>
internal sealed class OnnxBytes(IWeightBytes file) : IWeightBytes
{
    // A model of a few kilobytes may well have a constant that grows to the width of a layer.
    private const long LeastMemory = 1 << 19;

    private readonly List<(long Start, byte[] Bytes)> _computed = [];
    private long _memory;

    public string Name => file.Name;

    public long Length => file.Length + _memory;

    /// <summary>Puts computed numbers behind the rest.</summary>
    /// <param name="what">Whose they are, for messages.</param>
    /// <returns>Room for them, and its offset.</returns>
    /// <exception cref="WeightsException">Together they would be many times the file.</exception>
    public (long Offset, byte[] Bytes) Add(long length, string what)
    {
        var most = LeastMemory + (4 * file.Length);
        if (length > most - _memory)
            throw new WeightsException(Name, $"the constants of {what} would take {length} bytes apart, in a model of {file.Length}.");
        var part = (Offset: Length, Bytes: new byte[length]);
        _memory += length;
        if (length > 0)
            _computed.Add(part);
        return part;
    }

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < file.Length)
        {
            var stored = destination[..(int)Math.Min(destination.Length, file.Length - offset)];
            file.Read(offset, stored);
            offset += stored.Length;
            destination = destination[stored.Length..];
        }

        for (var i = FindPart(offset); !destination.IsEmpty; i++)
        {
            if (i < 0 || i >= _computed.Count)
                throw new WeightsException(Name, "it ends before its data does; it was cut short.");
            var part = _computed[i].Bytes.AsSpan((int)(offset - _computed[i].Start));
            part = part[..Math.Min(part.Length, destination.Length)];
            part.CopyTo(destination);
            offset += part.Length;
            destination = destination[part.Length..];
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>The last part that begins at or before an offset; -1 if there is none.</summary>
    private int FindPart(long offset)
    {
        int low = -1, high = _computed.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _computed[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
