namespace DreamFarm.Networks;

/// <summary>A state dictionary as it came out of a pickle, in either layout of torch.save: what its tensors are, and whether they fit their numbers.</summary>
internal static class PickledState
{
    /// <summary>The tensors by name.</summary>
    /// <exception cref="WeightsException">It is something else than a dictionary of tensors.</exception>
    public static IEnumerable<(string Name, PickleTensor Tensor)> Tensors(string file, object pickled)
    {
        if (pickled is not PickleDictionary state)
            throw new WeightsException(file, "its pickle is not a dictionary of tensors, which torch.save(model.state_dict(), ...) writes.");
        return state.Items.Select(item => item.Value is PickleTensor tensor
            ? (item.Key, tensor)
            : throw new WeightsException(file, $"its pickle holds \"{item.Key}\", which is not a tensor; save the network's state_dict alone."));
    }

    /// <summary>A tensor of the file.</summary>
    /// <param name="offset">Of its storage's first number, bytes from the file's start.</param>
    /// <param name="length">Of its storage, bytes; these are in the file.</param>
    /// <exception cref="WeightsException">It does not fit its storage.</exception>
    public static WeightTensor Place(IWeightBytes bytes, string name, PickleTensor tensor, long offset, long length)
    {
        var (storage, shape) = (tensor.Storage, tensor.Shape);
        var size = storage.Element.Bytes();
        if (storage.Count > length || storage.Count * size != length)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" lies among {storage.Count} numbers of {size} bytes, but its entry has {length} bytes.");
        if (shape.Any(side => side > int.MaxValue) || !TensorShape.TryCount(shape, out var count)
            || tensor.Offset < 0 || tensor.Offset > storage.Count || count > storage.Count - tensor.Offset)
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" has the shape {TensorShape.Describe(shape)}, which does not fit its {storage.Count} numbers.");
        if (!IsContiguous(tensor))
            throw new WeightsException(bytes.Name, $"tensor \"{name}\" is not stored in the order of its shape; call .contiguous() on it before saving.");
        return new WeightTensor(bytes, name, [.. shape.Select(side => (int)side)], storage.Element, offset + (tensor.Offset * size));
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
