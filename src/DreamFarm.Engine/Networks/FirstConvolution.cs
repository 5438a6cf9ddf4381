using TorchSharp;
using static TorchSharp.torch.nn;

namespace DreamFarm.Engine;

/// <summary>
/// The way back through a first convolution of stride s to the canvas, as a convolution itself:
/// <code>
///   gradient of its output [1, out, n, m]  --kernels [3 s s, out, k/s, k/s]-->  [1, 3 s s, h/s, w/s]  ==  canvas [h, w, 3]
/// </code>
/// Each of the s x s places that a pixel can have within a cell has kernels of its own, cut out of the forward pass's.
/// Libraries compute such a backward pass, into three channels, at a fraction of a processor's speed: it took a third of a
/// window's time. Besides, it is computed for the core alone, as no more of it is wanted.
/// </summary>
internal sealed class FirstConvolution : IDisposable
{
    private const int Colours = 3;

    private readonly torch.Tensor _kernels;
    private readonly bool _relu;
    private readonly int _stride;

    /// <summary>Cells that the kernels span on each axis.</summary>
    private readonly (int Rows, int Columns) _span;

    /// <summary>How many cells before its own a cell of the forward pass begins to look, on each axis.</summary>
    private readonly (int Rows, int Columns) _ahead;

    /// <summary>
    /// Whether the kernels that are cut out take at most nine times what they are cut out of. Where the stride is wider than the kernel they
    /// are mostly zeros, and a few megabytes of weights could ask for terabytes.
    /// </summary>
    public static bool Fits(DreamFarm.Networks.Convolution convolution) =>
        convolution.Stride <= Math.Min(convolution.Kernel.Rows, convolution.Kernel.Columns);

    /// <param name="convolution">Of one group, without dilation, from three channels; one that <see cref="Fits"/>.</param>
    /// <param name="kernels">[out, 3, rows, columns], a batch normalisation folded in.</param>
    /// <param name="make">Makes the tensor of values and shape on the device, channels last in memory.</param>
    public FirstConvolution(DreamFarm.Networks.Convolution convolution, ReadOnlySpan<double> kernels, Func<double[], long[], torch.Tensor> make)
    {
        _relu = convolution.Relu;
        _stride = convolution.Stride;
        (int rows, int columns) = (convolution.Kernel.Rows, convolution.Kernel.Columns);
        _ahead = (CellsUp(convolution.Padding.Rows), CellsUp(convolution.Padding.Columns));
        (int top, int left) = (_ahead.Rows * _stride - convolution.Padding.Rows, _ahead.Columns * _stride - convolution.Padding.Columns);
        _span = (CellsUp(top + rows), CellsUp(left + columns));

        // [s, s, 3] x out x span, the span turned around: what a pixel gets, as against what a cell looks at.
        var turned = new double[_stride * _stride * Colours * convolution.Channels * _span.Rows * _span.Columns];
        for (int output = 0; output < convolution.Channels; output++)
        {
            for (int colour = 0; colour < Colours; colour++)
            {
                for (int y = 0; y < rows; y++)
                {
                    for (int x = 0; x < columns; x++)
                    {
                        (int cellY, int dy) = Math.DivRem(top + y, _stride);
                        (int cellX, int dx) = Math.DivRem(left + x, _stride);
                        int pixel = (dy * _stride + dx) * Colours + colour;
                        int place = (_span.Rows - 1 - cellY) * _span.Columns + _span.Columns - 1 - cellX;
                        turned[(pixel * convolution.Channels + output) * _span.Rows * _span.Columns + place] =
                            kernels[((output * Colours + colour) * rows + y) * columns + x];
                    }
                }
            }
        }

        _kernels = make(turned, [_stride * _stride * Colours, convolution.Channels, _span.Rows, _span.Columns]);
    }

    /// <summary>The canvas's gradient in a rectangle of pixels, [rows][columns][3].</summary>
    /// <param name="output">[1, out, n, m], behind the ReLU where there is one; its values are lost.</param>
    /// <param name="gradient">Of <paramref name="output"/>, of the same shape.</param>
    public torch.Tensor ToCanvas(torch.Tensor output, torch.Tensor gradient, int top, int left, int rows, int columns)
    {
        long[] size = output.shape;
        (int firstRow, int firstColumn) = (top / _stride, left / _stride);
        (int cellRows, int cellColumns) = (CellsUp(top + rows) - firstRow, CellsUp(left + columns) - firstColumn);

        // The cells that look at the rectangle.
        (int fromRow, int rowsUsed) = Cut(firstRow + _ahead.Rows, cellRows, _span.Rows, (int)size[2]);
        (int fromColumn, int columnsUsed) = Cut(firstColumn + _ahead.Columns, cellColumns, _span.Columns, (int)size[3]);
        torch.Tensor used = gradient.narrow(2, fromRow, rowsUsed).narrow(3, fromColumn, columnsUsed);
        if (_relu)
            used = output.narrow(2, fromRow, rowsUsed).narrow(3, fromColumn, columnsUsed).sign_().mul(used);

        long dilation = _span == (1, 1) ? FrozenNetwork.PointDilation : 1;
        torch.Tensor cells = functional.conv2d(used, _kernels, padding: [_span.Rows - 1, _span.Columns - 1], dilation: [dilation, dilation])
            .narrow(2, firstRow + _ahead.Rows - fromRow, cellRows).narrow(3, firstColumn + _ahead.Columns - fromColumn, cellColumns);

        return cells.permute(0, 2, 3, 1).contiguous()
            .reshape(cellRows, cellColumns, _stride, _stride, Colours).permute(0, 2, 1, 3, 4).contiguous()
            .reshape(cellRows * _stride, cellColumns * _stride, Colours)
            .narrow(0, top - firstRow * _stride, rows).narrow(1, left - firstColumn * _stride, columns);
    }

    public void Dispose() => _kernels.Dispose();

    /// <summary>The outputs, of <paramref name="outputs"/>, that <paramref name="cells"/> cells from <paramref name="first"/> (counted with those ahead) have a part in.</summary>
    private static (int From, int Count) Cut(int first, int cells, int span, int outputs)
    {
        int from = Math.Max(0, first - span + 1);
        return (from, Math.Min(outputs, first + cells) - from);
    }

    private int CellsUp(int pixels) => (pixels + _stride - 1) / _stride;
}
