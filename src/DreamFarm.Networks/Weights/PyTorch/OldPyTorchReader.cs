using System.Buffers.Binary;

namespace DreamFarm.Networks;

/// <summary>
/// Reads what torch.save wrote before PyTorch 1.6, and still writes with <c>_use_new_zipfile_serialization=False</c>: five
/// pickles one behind the other (a number to know the format by, its version, the machine, the state dictionary, the keys of its
/// storages), then each storage: how many numbers as int64, and the numbers.
/// </summary>
internal static class OldPyTorchReader
{
    private const int MostPickleBytes = 8 << 20;
    private const long Version = 1001;

    /// <summary>How such a file begins: the whole first pickle.</summary>
    public static ReadOnlySpan<byte> Start => [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    /// <param name="bytes">A file that begins with <see cref="Start"/>.</param>
    public static List<WeightTensor> Read(IWeightBytes bytes)
    {
        var pickles = new byte[Math.Min(bytes.Length, MostPickleBytes)];
        bytes.Read(0, pickles);
        var position = Start.Length;
        if (Unpickler.ReadOld(bytes.Name, pickles, ref position) is not Version)
            throw new WeightsException(bytes.Name, $"it is a bare pickle of another version than {Version}, the only one that PyTorch ever wrote.");
        if (Unpickler.ReadOld(bytes.Name, pickles, ref position) is not PickleDictionary machine
            || !machine.Items.TryGetValue("little_endian", out var little) || little is not true)
            throw new WeightsException(bytes.Name, "its numbers are not little-endian; save it again on an ordinary machine, or as .safetensors.");
        var state = PickledState.Tensors(bytes.Name, Unpickler.ReadOld(bytes.Name, pickles, ref position)).ToList();
        if (Unpickler.ReadOld(bytes.Name, pickles, ref position) is not PickleList { Items: var keys })
            throw new WeightsException(bytes.Name, "it does not list its storages behind its tensors.");

        var storages = FindStorages(bytes, position, keys, state);
        return [.. state.Select(item => storages.TryGetValue(item.Tensor.Storage.Key, out var storage)
            ? PickledState.Place(bytes, item.Name, item.Tensor, storage.Offset, storage.Length)
            : throw new WeightsException(bytes.Name, $"the numbers of tensor \"{item.Name}\" are missing."))];
    }

    private static Dictionary<string, (long Offset, long Length)> FindStorages(
        IWeightBytes bytes, long position, List<object> keys, List<(string Name, PickleTensor Tensor)> state)
    {
        // How many bytes a number has, only the tensors say.
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, tensor) in state)
        {
            var size = tensor.Storage.Element.Bytes();
            if (!sizes.TryAdd(tensor.Storage.Key, size) && sizes[tensor.Storage.Key] != size)
                throw new WeightsException(bytes.Name, $"tensor \"{name}\" shares its numbers with one that counts them otherwise.");
        }

        var storages = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        foreach (var item in keys)
        {
            if (item is not string key || !sizes.TryGetValue(key, out var size))
                throw new WeightsException(bytes.Name, "it lists a storage that belongs to no tensor.");
            if (bytes.Length - position < prefix.Length)
                throw new WeightsException(bytes.Name, "it ends before its data does; it was cut short.");
            bytes.Read(position, prefix);
            position += prefix.Length;
            var count = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (count < 0 || count > (bytes.Length - position) / size)
                throw new WeightsException(bytes.Name, $"one of its storages claims {count} numbers of {size} bytes, but {bytes.Length - position} bytes are left; it was cut short.");
            if (!storages.TryAdd(key, (position, count * size)))
                throw new WeightsException(bytes.Name, "it lists a storage twice.");
            position += count * size;
        }

        return position == bytes.Length
            ? storages
            : throw new WeightsException(bytes.Name, $"{bytes.Length - position} bytes follow its last storage.");
    }
}
