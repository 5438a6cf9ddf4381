using System.Numerics;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>f(a) = a or a * a, over every cell and the channels that are chosen.</summary>
/// <param name="stride">Pixels from cell to cell; 0 where the layer has one cell for the whole canvas.</param>
/// <param name="chosen">Null for all channels.</param>
internal sealed class ChannelsTerm(string layer, int stride, bool squared, ChosenChannels? chosen, double coefficient) : IWindowTerm
{
    public string Layer => layer;

    public double Coefficient => coefficient;

    public bool Touches(WindowShape shape) => true;

    public torch.Tensor Seed<T>(torch.Tensor activation, WindowShape shape, double scale, out double loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        loss = coefficient * Sum<T>(activation, shape);
        double seed = squared ? 2 * (coefficient * scale) : coefficient * scale;
        if (chosen is null && squared)
            return activation.mul(seed);
        long[] size = activation.shape;
        torch.Tensor cells = torch.full([size[0], size[2], size[3], size[1]], chosen is null ? seed : 0, activation.dtype, activation.device);
        if (chosen is not null)
            cells = cells.add(Mask<T>((int)size[1], seed).to(activation.device));
        torch.Tensor mask = cells.permute(0, 3, 1, 2);
        return squared ? mask.mul(activation) : mask;
    }

    /// <summary>[C]: a value for the channels that are chosen, 0 for the others.</summary>
    private torch.Tensor Mask<T>(int channels, double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        torch.Tensor mask = HostTensor.Make<T>(channels);
        Span<T> values = mask.Values<T>();
        values.Clear();
        foreach (ChannelRange range in chosen!.Ranges)
            values.Slice(range.First, range.Count).Fill(T.CreateTruncating(value));
        return mask;
    }

    /// <summary>Sum of f over the core's cells, row by row; of chosen channels one range after the other.</summary>
    private double Sum<T>(torch.Tensor activation, WindowShape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long[] size = activation.shape;
        int width = (int)size[3];
        CellArea area = CellArea.Of(shape, (int)size[2], width, stride);
        if (area.IsEmpty)
            return 0;

        double sum = 0;
        foreach (ChannelRange channels in chosen?.Ranges ?? [new ChannelRange(0, (int)size[1] - 1)])
        {
            int rowsAtOnce = (int)Math.Max(1, HostTensor.ChunkBytes / ((long)width * channels.Count * Marshal.SizeOf<T>()));
            for (int start = area.Top; start < area.Bottom; start += rowsAtOnce)
            {
                int rows = Math.Min(rowsAtOnce, area.Bottom - start);
                using torch.Tensor chunk = activation.permute(0, 2, 3, 1).narrow(1, start, rows).narrow(3, channels.First, channels.Count).contiguous().cpu();
                ReadOnlySpan<T> values = chunk.Values<T>();
                for (int i = 0; i < rows; i++)
                    sum += CellSum.Of(values.Slice((i * width + area.Left) * channels.Count, (area.Right - area.Left) * channels.Count), squared);
            }
        }

        return sum;
    }
}
