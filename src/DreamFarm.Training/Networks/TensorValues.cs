using System.Runtime.InteropServices;
using TorchSharp;

namespace DreamFarm.Training;

/// <summary>A tensor of float32 that the network keeps, with the name that files call it by.</summary>
internal sealed class TensorValues(string name, torch.Tensor tensor)
{
    public string Name => name;

    public torch.Tensor Tensor { get; } = tensor.DetachFromDisposeScope();

    public int[] Shape { get; } = [.. tensor.shape.Select(side => checked((int)side))];

    public int Count => Shape.Aggregate(1, (count, side) => checked(count * side));

    /// <summary>All values, the last side fastest.</summary>
    public float[] Read() => Read(Tensor);

    /// <summary>All values of any tensor, the last side fastest.</summary>
    public static float[] Read(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        using var unrecorded = torch.no_grad();
        return MemoryMarshal.Cast<byte, float>(tensor.cpu().contiguous().bytes).ToArray();
    }

    public void Write(ReadOnlySpan<float> values)
    {
        using var scope = torch.NewDisposeScope();
        using var unrecorded = torch.no_grad();
        Tensor.copy_(Make(values, Tensor.shape));
    }

    /// <summary>A tensor of its own in the CPU's memory.</summary>
    public static torch.Tensor Make(ReadOnlySpan<float> values, long[] shape)
    {
        var made = torch.empty(shape, torch.ScalarType.Float32);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(made.bytes));
        return made;
    }
}
