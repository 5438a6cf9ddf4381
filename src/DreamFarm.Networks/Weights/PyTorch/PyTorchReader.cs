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
        var tensors = new List<WeightTensor>();
        foreach (var (name, tensor) in PickledState.Tensors(bytes.Name, Unpickler.Read(bytes.Name, pickle)))
        {
            if (!entries.TryGetValue($"{folder}data/{tensor.Storage.Key}", out var entry))
                throw new WeightsException(bytes.Name, $"the numbers of tensor \"{name}\" are missing.");
            tensors.Add(PickledState.Place(bytes, name, tensor, entry.Offset, entry.Length));
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
}
