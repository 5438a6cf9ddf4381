using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Networks;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// f(a) = the largest product of a cell's activations with the features g of one cell of the guide; f'(a) = that g. Of equal products the
/// one of the lowest index counts. After the objective of "Controlling dreams" in the original DeepDream notebook (Mordvintsev, Olah, Tyka, 2015).
/// The products are a 1x1 convolution whose kernels are the features, in pieces of bounded size; see <see cref="FrozenNetwork"/> for why not a matrix product.
/// </summary>
/// <param name="stride">Pixels from cell to cell; 0 where the layer has one cell for the whole canvas.</param>
/// <param name="features">[N][C], zero in channels that are not chosen.</param>
/// <param name="cells">N.</param>
internal sealed class GuideTerm(string layer, int stride, float[] features, int cells, double coefficient) : IWindowTerm
{
    public string Layer => layer;

    public double Coefficient => coefficient;

    public bool Touches(WindowShape shape) => true;

    /// <summary>The features of a layer with the channels that are not chosen set to zero.</summary>
    public static float[] Choose(ReadOnlySpan<float> features, int channels, ChosenChannels? chosen)
    {
        if (chosen is null)
            return features.ToArray();
        var kept = new float[features.Length];
        for (int start = 0; start < features.Length; start += channels)
        {
            foreach (ChannelRange range in chosen.Ranges)
                features.Slice(start + range.First, range.Count).CopyTo(kept.AsSpan(start + range.First));
        }
        return kept;
    }

    public torch.Tensor Seed<T>(torch.Tensor activation, WindowShape shape, double scale, out double loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long[] size = activation.shape;
        int channels = (int)size[1], height = (int)size[2], width = (int)size[3];
        CellArea area = CellArea.Of(shape, height, width, stride);

        torch.Tensor host = HostTensor.Make<T>(cells, 1, 1, channels);
        TensorPrimitives.ConvertTruncating<float, T>(features, host.Values<T>());
        torch.Tensor kernels = host.to(activation.device).permute(0, 3, 1, 2);

        var scaled = new T[features.Length];
        TensorPrimitives.ConvertTruncating<float, T>(features, scaled);
        TensorPrimitives.Multiply(scaled, T.CreateTruncating(coefficient * scale), scaled);

        torch.Tensor seed = HostTensor.Make<T>(size[0], height, width, channels);
        Span<T> seeds = seed.Values<T>();
        var best = new T[width];
        double sum = 0;
        int rowsAtOnce = (int)Math.Max(1, HostTensor.ChunkBytes / ((long)width * cells * Marshal.SizeOf<T>()));
        for (int start = 0; start < height; start += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, height - start);
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor products = torch.nn.functional.conv2d(activation.narrow(2, start, rows), kernels, null, strides: [1, 1], padding: [0, 0], dilation: [FrozenNetwork.PointDilation, FrozenNetwork.PointDilation]);
            ReadOnlySpan<T> values = products.permute(0, 2, 3, 1).contiguous().cpu().Values<T>();
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    ReadOnlySpan<T> ofCell = values.Slice((i * width + j) * cells, cells);
                    int match = TensorPrimitives.IndexOfMax(ofCell);
                    best[j] = ofCell[match];
                    scaled.AsSpan(match * channels, channels).CopyTo(seeds[(((start + i) * width + j) * channels)..]);
                }

                if (start + i >= area.Top && start + i < area.Bottom && area.Left < area.Right)
                    sum += CellSum.Of<T>(best.AsSpan(area.Left, area.Right - area.Left), squared: false);
            }
        }

        loss = coefficient * sum;
        return seed.to(activation.device).permute(0, 3, 1, 2);
    }
}
