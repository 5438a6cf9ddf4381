namespace DreamFarm.Networks;

/// <summary>
/// Reads what <c>torch.save(model.state_dict(), ...)</c> writes since PyTorch 1.6: a zip archive with a pickle
/// (<c>data.pkl</c>) that describes tensors, and one entry of raw numbers (<c>data/0</c>, <c>data/1</c>, ...) for each storage.
/// </summary>
internal static class PyTorchReader
{
    private const int MaxPickleBytes = 8 << 20;

    public static List<WeightTensor> Read(IWeightBytes bytes)
    {
        var entries = StoredZip.Read(bytes);
        var pickles = entries.Values.Where(entry => entry.Name == "data.pkl" || entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal)).ToArray();
        if (pickles.Length != 1)
            throw new WeightsException(bytes.Name, $"it is a zip archive with {pickles.Length} entries called data.pkl; one that torch.save wrote has one.");
        var folder = pickles[0].Name[..^"data.pkl".Length];
        if (pickles[0].Length > MaxPickleBytes)
            throw new WeightsException(bytes.Name, $"its pickle has {pickles[0].Length} bytes; at most {MaxPickleBytes} are accepted.");
        CheckByteOrder(bytes, entries, folder);

        var pickle = new byte[pickles[0].Length];
        bytes.Read(pickles[0].Offset, pickle);
        if (Unpickler.Read(bytes.Name, pickle) is not PickleDictionary state)
            throw new WeightsException(bytes.Name, "its pickle is not a dictionary of tensors, which torch.save(model.state_dict(), ...) writes.");

        var tensors = new List<WeightTensor>();
        foreach (var (name, value) in state.Items)
        {
            if (value is not PickleTensor tensor)
                throw new WeightsException(bytes.Name, $"its pickle holds \"{name}\", which is not a tensor; save the network's state_dict alone.");
            tensors.Add(Place(bytes, entries, folder, name, tensor));
        }

        return tensors;
    }

    private static void CheckByteOrder(IWeightBytes bytes, Dictionary<string, ZipEntry> entries, string folder)
    {
        // Older versions of PyTorch do not write it and mean little.
        if (!entries.TryGetValue($"{folder}byteorder", out var entry))
            return;
        Span<byte> order = stackalloc byte["little".Length];
        if (entry.Length == order.Length)
            bytes.Read(entry.Offset, order);
        if (!order.SequenceEqual("little"u8))
            throw new WeightsException(bytes.Name, "its numbers are not little-endian; save it again on an ordinary machine, or as .safetensors.");
    }

    private static WeightTensor Place(IWeightBytes bytes, Dictionary<string, ZipEntry> entries, string folder, string name, PickleTensor tensor)
    {
        var (storage, shape) = (tensor.Storage, tensor.Shape);
        var size = storage.Element.Bytes();
        if (!entries.TryGetValue($"{folder}data/{storage.Key}", out var entry))
            throw new WeightsException(bytes.Name, $"the numbers of tensor \"{name}\" are missing.");
        if (storage.Count > entry.Length || storage.Count * size != entry.Length)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" lies among {storage.Count} numbers of {size} bytes, but its entry has {entry.Length} bytes.");
        if (shape.Any(side => side > int.MaxValue) || !TensorShape.TryCount(shape, out var count)
            || tensor.Offset < 0 || tensor.Offset > storage.Count || count > storage.Count - tensor.Offset)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" has the shape {TensorShape.Describe(shape)}, which does not fit its {storage.Count} numbers.");
        if (!IsContiguous(tensor))
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" is not stored in the order of its shape; call .contiguous() on it before saving.");
        return new WeightTensor(bytes, name, [.. shape.Select(side => (int)side)], storage.Element, entry.Offset + (tensor.Offset * size));
    }

    private static bool IsContiguous(PickleTensor tensor)
    {
        var (shape, strides) = (tensor.Shape, tensor.Strides);
        if (strides.Length != shape.Length)
            return false;
        if (shape.Contains(0))
            return true;
        long expected = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            // The stride of a side of 1 leads nowhere and may be anything.
            if (shape[i] != 1 && strides[i] != expected)
                return false;
            expected *= shape[i];
        }

        return true;
    }
}
