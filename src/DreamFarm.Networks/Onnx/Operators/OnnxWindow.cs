namespace DreamFarm.Networks;

/// <summary>The rectangle that a convolution or pooling moves over its map, as ONNX's attributes give it.</summary>
/// <param name="Kernel">Sides in cells, without dilation.</param>
internal sealed record OnnxWindow(Pair Kernel, int Stride, int Dilation, int Top, int Left, int Bottom, int Right)
{
    private const int MostCells = 1 << 12;

    /// <summary>Whether both ends of each axis are padded alike, so that no node of its own has to do it.</summary>
    public bool IsSymmetric => Top == Bottom && Left == Right;

    public bool IsPadded => Top != 0 || Left != 0 || Bottom != 0 || Right != 0;

    /// <summary>Whether the padding is within what poolings take: half the kernel.</summary>
    public bool FitsPooling => IsSymmetric && Top <= Kernel.Rows / 2 && Left <= Kernel.Columns / 2;

    public Pair Padding => new(Top, Left);

    /// <summary>Whether the rectangle is exactly as large as the map, which makes of it what a global operation is.</summary>
    public bool Covers(OnnxMap map) => !IsPadded && Dilation == 1 && map.Height == Kernel.Rows && map.Width == Kernel.Columns;

    /// <summary>Reads strides, dilations, pads and auto_pad.</summary>
    public static OnnxWindow Read(OnnxCall call, OnnxMap map, Pair kernel)
    {
        var strides = Both("strides");
        if (strides.Rows != strides.Columns)
            throw call.Refuse($"has the strides {strides.Rows} and {strides.Columns}; they have to be the same on both axes");
        var dilations = Both("dilations");
        // A single row or column has no neighbours to be dilated from.
        var dilation = kernel.Rows == 1 ? dilations.Columns : dilations.Rows;
        if (kernel is { Rows: > 1, Columns: > 1 } && dilations.Rows != dilations.Columns)
            throw call.Refuse($"has the dilations {dilations.Rows} and {dilations.Columns}; they have to be the same on both axes");
        if (kernel == new Pair(1, 1))
            dilation = 1;
        var window = new OnnxWindow(kernel, strides.Rows, dilation, 0, 0, 0, 0);

        // A head is computed from one cell: a stride has nowhere to go.
        if (map.IsHead)
            window = window with { Stride = 1 };
        switch (call.Text("auto_pad") ?? "NOTSET")
        {
            case "NOTSET":
                var pads = call.Integers("pads") ?? [0, 0, 0, 0];
                if (pads.Count != 4 || pads.Any(pad => pad is < 0 or > MostCells))
                    throw call.Refuse($"has the pads {TensorShape.Describe(pads.Take(8))}; four of 0 and more are needed");
                return window with { Top = (int)pads[0], Left = (int)pads[1], Bottom = (int)pads[2], Right = (int)pads[3] };
            case "VALID":
                return window;
            case "SAME_UPPER":
                var (rows, columns) = (window.Same(map.Height, kernel.Rows), window.Same(map.Width, kernel.Columns));
                return window with { Top = rows / 2, Left = columns / 2, Bottom = rows - (rows / 2), Right = columns - (columns / 2) };
            case "SAME_LOWER":
                (rows, columns) = (window.Same(map.Height, kernel.Rows), window.Same(map.Width, kernel.Columns));
                return window with { Top = rows - (rows / 2), Left = columns - (columns / 2), Bottom = rows / 2, Right = columns / 2 };
            case var other:
                throw call.Refuse($"has the auto_pad \"{other}\"; NOTSET, VALID, SAME_UPPER and SAME_LOWER are known");
        }

        Pair Both(string attribute)
        {
            var numbers = call.Integers(attribute) ?? [1, 1];
            return numbers.Count == 2 && numbers.All(number => number is > 0 and <= MostCells)
                ? new((int)numbers[0], (int)numbers[1])
                : throw call.Refuse($"has the {attribute} {TensorShape.Describe(numbers.Take(8))}; two of 1 and more are needed");
        }
    }

    /// <summary>The sides of a kernel out of the node's attribute.</summary>
    public static Pair ReadKernel(OnnxCall call) =>
        call.Integers("kernel_shape") is [>= 1 and <= MostCells, >= 1 and <= MostCells] sides
            ? new((int)sides[0], (int)sides[1])
            : throw call.Refuse("has no kernel_shape of two sides");

    /// <summary>The cells of a map moved over, or null where they are not known.</summary>
    public OnnxMap Resize(OnnxCall call, OnnxMap map, bool ceil = false)
    {
        return map with { Height = Count(map.Height, Kernel.Rows, Top, Bottom), Width = Count(map.Width, Kernel.Columns, Left, Right) };

        long? Count(long? cells, int kernel, int before, int after)
        {
            if (cells is not { } given)
                return null;
            var moves = given + before + after - ((kernel - 1) * (long)Dilation) - 1;
            if (moves < 0)
                throw call.Refuse($"has a kernel that is larger than its map of {map.Height} by {map.Width} cells");
            var count = ((moves + (ceil ? Stride - 1 : 0)) / Stride) + 1;
            // A last rectangle that lies in the padding alone is left out.
            return ceil && (count - 1) * Stride >= given + before ? count - 1 : count;
        }
    }

    /// <summary>
    /// Padding of both ends together with which there is a cell for every stride of the map. A size that the file does not fix
    /// is taken to be a multiple of the stride, as that of every window is.
    /// </summary>
    private int Same(long? cells, int kernel)
    {
        var extent = ((kernel - 1) * Dilation) + 1;
        var rest = (cells ?? 0) % Stride;
        return (int)Math.Max(extent - (rest == 0 ? Stride : rest), 0);
    }
}
