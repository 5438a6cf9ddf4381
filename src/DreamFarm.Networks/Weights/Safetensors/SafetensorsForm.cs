namespace DreamFarm.Networks;

/// <summary>
/// Tensors of another file as the one .safetensors file that they make: the same bytes wherever it is asked for, so that
/// its hash can be their identity. Floating-point tensors alone, wide kinds first and then by name (so that all numbers are
/// aligned); integers are never read as weights. Metadata only where the file describes its own network. Nothing is copied
/// until it is read.
/// </summary>
internal sealed class SafetensorsForm : IWeightBytes
{
    private readonly IWeightBytes _source;
    private readonly byte[] _start;

    // Tensors that have any numbers, with where they begin in this form.
    private readonly List<(long Begin, WeightTensor Tensor)> _parts = [];

    /// <param name="description">What the metadata is to say of the network, UTF-8; null if nothing.</param>
    /// <exception cref="WeightsException">The tensors share numbers so often that apart they would be many times their file.</exception>
    public SafetensorsForm(IWeightBytes source, IEnumerable<WeightTensor> tensors, byte[]? description)
    {
        _source = source;
        var ordered = tensors
            .Where(tensor => tensor.Element.IsFloatingPoint() && tensor.Name != SafetensorsReader.Metadata)
            .OrderByDescending(tensor => tensor.Element.Bytes())
            .ThenBy(tensor => tensor.Element)
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToArray();
        // Layers may share a tensor; a small file that claims terabytes means harm.
        Int128 claimed = 0;
        foreach (var tensor in ordered)
            claimed += (Int128)tensor.Count * tensor.Element.Bytes();
        if (claimed > (Int128)4 * source.Length)
            throw new WeightsException(source.Name, $"its tensors share numbers so often that they would take {claimed} bytes apart, from a file of {source.Length}.");

        _start = SafetensorsHeader.Write(
            description is null ? [] : [KeyValuePair.Create(NetworkDescriptionJson.MetadataKey, (ReadOnlyMemory<byte>)description)],
            ordered.Select(tensor => (tensor.Name, tensor.Element, tensor.Shape, tensor.Count)));
        Length = _start.Length;
        foreach (var tensor in ordered)
        {
            if (tensor.Count > 0)
                _parts.Add((Length, tensor));
            Length += tensor.Count * tensor.Element.Bytes();
        }
    }

    public string Name => _source.Name;

    public long Length { get; }

    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"There are {Length} bytes.");
        if (offset < _start.Length)
        {
            var header = _start.AsSpan((int)offset, (int)Math.Min(_start.Length - offset, destination.Length));
            header.CopyTo(destination);
            offset += header.Length;
            destination = destination[header.Length..];
        }

        for (var part = FindPart(offset); !destination.IsEmpty; part++)
        {
            var (begin, tensor) = _parts[part];
            var within = offset - begin;
            var piece = destination[..(int)Math.Min(destination.Length, tensor.Count * tensor.Element.Bytes() - within)];
            _source.Read(tensor.Offset + within, piece);
            offset += piece.Length;
            destination = destination[piece.Length..];
        }
    }

    public void Dispose() => _source.Dispose();

    /// <summary>The last part that begins at or before an offset.</summary>
    private int FindPart(long offset)
    {
        int low = 0, high = _parts.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _parts[middle].Begin <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
