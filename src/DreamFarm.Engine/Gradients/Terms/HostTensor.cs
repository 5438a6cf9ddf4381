using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>Tensors whose values are written here and then go where the network is.</summary>
internal static class HostTensor
{
    /// <summary>How much of an activation is looked at in one piece; a span cannot hold 2 GiB.</summary>
    public const long ChunkBytes = 64 << 20;

    /// <summary>Uninitialised, in this machine's memory.</summary>
    public static torch.Tensor Make<T>(params long[] shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        torch.empty(shape, typeof(T) == typeof(double) ? torch.ScalarType.Float64 : torch.ScalarType.Float32);

    /// <summary>The values of a contiguous tensor in this machine's memory, in place.</summary>
    public static Span<T> Values<T>(this torch.Tensor tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => MemoryMarshal.Cast<byte, T>(tensor.bytes);
}
