using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// Sums over cells, channel by channel, in an order that is the same on every machine: each channel has a float64 of its own to which
/// its cells are added from first to last. Vectors reach across channels, so their width changes no order.
/// </summary>
internal static class ChannelSum
{
    /// <summary>Adds the cells whose origin lies in the core to their channels' sums, row by row; of a layer with one cell that one.</summary>
    /// <param name="activation">[1, C, h/s, w/s], channels last in memory.</param>
    /// <param name="sums">[C].</param>
    public static void Add<T>(torch.Tensor activation, NodeGeometry node, WindowShape shape, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long[] size = activation.shape;
        CellArea area = CellArea.Of(shape, (int)size[2], (int)size[3], node.IsPoint ? 0 : node.Stride);
        if (area.IsEmpty)
            return;

        int columns = area.Right - area.Left;
        int rowsAtOnce = (int)Math.Max(1, HostTensor.ChunkBytes / ((long)columns * sums.Length * Marshal.SizeOf<T>()));
        for (int start = area.Top; start < area.Bottom; start += rowsAtOnce)
        {
            using torch.Tensor chunk = activation.permute(0, 2, 3, 1)
                .narrow(1, start, Math.Min(rowsAtOnce, area.Bottom - start)).narrow(2, area.Left, columns).contiguous().cpu();
            Add<T>(chunk.Values<T>(), sums);
        }
    }

    /// <summary>Adds cells to the channels' sums.</summary>
    /// <param name="values">[cells][channels].</param>
    /// <param name="sums">[channels].</param>
    public static void Add<T>(ReadOnlySpan<T> values, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<double> cell = sums.Length <= 1024 ? stackalloc double[sums.Length] : new double[sums.Length];
        for (; values.Length > 0; values = values[sums.Length..])
        {
            TensorPrimitives.ConvertTruncating(values[..sums.Length], cell);
            TensorPrimitives.Add(sums, cell, sums);
        }
    }
}
