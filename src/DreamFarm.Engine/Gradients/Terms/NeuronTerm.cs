using System.Numerics;
using DreamFarm.Dreaming;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// f(a) of one channel at one cell: the one whose interval of pixels holds a pixel of the canvas. On a periodic canvas the cells that
/// hold the pixel's copies count too: what they see near the canvas's edges is the canvas. The loss belongs to the core that has the pixel.
/// </summary>
/// <param name="stride">Pixels from cell to cell; 0 where the layer has one cell for the whole canvas.</param>
/// <param name="row">The pixel's row on the canvas.</param>
/// <param name="column">The pixel's column.</param>
/// <param name="canvas">Size of the canvas, pixels.</param>
/// <param name="periodic">Whether the canvas goes on with its other side.</param>
internal sealed class NeuronTerm(string layer, int stride, bool squared, int channel, double coefficient, int row, int column, Size canvas, bool periodic) : IWindowTerm
{
    public string Layer => layer;

    public double Coefficient => coefficient;

    public bool Touches(WindowShape shape) =>
        Cells(row, canvas.Height, shape.Top, shape.Height).Any() && Cells(column, canvas.Width, shape.Left, shape.Width).Any();

    public torch.Tensor Seed<T>(torch.Tensor activation, WindowShape shape, double scale, out double loss)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long[] size = activation.shape;
        loss = 0;
        torch.Tensor seed = HostTensor.Make<T>(size[0], size[2], size[3], size[1]);
        Span<T> values = seed.Values<T>();
        values.Clear();

        // A cell that padding has cut off at the window's end is not there.
        int[] rows = [.. Cells(row, canvas.Height, shape.Top, shape.Height).Where(i => i < size[2])];
        int[] columns = [.. Cells(column, canvas.Width, shape.Left, shape.Width).Where(j => j < size[3])];
        foreach (int i in rows)
        {
            foreach (int j in columns)
            {
                T value = Read<T>(activation, i, j);
                values[checked((int)((i * size[3] + j) * size[1] + channel))] =
                    squared ? value * T.CreateTruncating(2 * (coefficient * scale)) : T.CreateTruncating(coefficient * scale);
            }
        }

        int y = row - shape.Top - shape.CoreTop, x = column - shape.Left - shape.CoreLeft;
        if (y >= 0 && y < shape.CoreHeight && x >= 0 && x < shape.CoreWidth && Cell(row, shape.Top) < size[2] && Cell(column, shape.Left) < size[3])
        {
            double value = double.CreateChecked(Read<T>(activation, Cell(row, shape.Top), Cell(column, shape.Left)));
            loss = coefficient * (squared ? value * value : value);
        }

        return seed.to(activation.device).permute(0, 3, 1, 2);
    }

    private T Read<T>(torch.Tensor activation, int i, int j)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using torch.Tensor cell = activation.narrow(1, channel, 1).narrow(2, i, 1).narrow(3, j, 1).contiguous().cpu();
        return cell.Values<T>()[0];
    }

    /// <summary>The cells of a window, along one axis, that hold the pixel or a copy of it; each once, in order.</summary>
    private IEnumerable<int> Cells(int pixel, int size, int windowBegin, int windowLength)
    {
        if (!periodic)
            return pixel >= windowBegin && pixel - (long)windowBegin < windowLength ? [Cell(pixel, windowBegin)] : [];
        var cells = new List<int>();
        for (long copy = ((long)pixel - windowBegin) % size is var rest && rest < 0 ? rest + size : rest; copy < windowLength; copy += size)
        {
            int cell = stride == 0 ? 0 : (int)(copy / stride);
            if (cells.Count == 0 || cells[^1] != cell)
                cells.Add(cell);
        }
        return cells;
    }

    private int Cell(int pixel, int windowBegin) => stride == 0 ? 0 : (pixel - windowBegin) / stride;
}
