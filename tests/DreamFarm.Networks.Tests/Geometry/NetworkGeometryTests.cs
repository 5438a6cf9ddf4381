namespace DreamFarm.Networks.Tests;

public class NetworkGeometryTests
{
    private static readonly NetworkDescription SqueezeNet = NetworkCatalog.Find("squeezenet1_0")!;
    private static readonly NetworkDescription Motif = NetworkCatalog.Find("motif")!;

    public static TheoryData<string> AllNetworks => [.. NetworkCatalog.All.Select(network => network.Name)];

    [Theory]
    [InlineData("conv1", 2, 96, 6)]
    [InlineData("fire4", 4, 256, 36)]
    [InlineData("fire6", 8, 384, 80)]
    [InlineData("fire8", 8, 512, 112)]
    [InlineData("fire9", 16, 512, 160)]
    [InlineData("conv10", 16, 1000, 160)]
    public void Exact_context_of_SqueezeNet_is_what_the_design_states(string layer, int stride, int channels, int context)
    {
        var geometry = new NetworkGeometry(SqueezeNet)[layer];
        Assert.Equal((stride, channels, context), (geometry.Stride, geometry.Channels, geometry.ExactContext));
        Assert.Equal(context, new NetworkGeometry(SqueezeNet).Evaluate([layer]).ExactContext);
    }

    [Theory]
    [InlineData("conv1", 2, 24)]
    [InlineData("conv3", 4, 64)]
    [InlineData("3a", 4, 96)]
    [InlineData("3b", 4, 128)]
    [InlineData("4a", 8, 184)]
    [InlineData("4b", 8, 192)]
    [InlineData("4c", 8, 208)]
    [InlineData("4d", 8, 240)]
    [InlineData("5a", 16, 312)]
    [InlineData("5b", 16, 360)]
    public void Strides_and_channels_of_motif_are_those_of_its_table(string layer, int stride, int channels)
    {
        var geometry = new NetworkGeometry(Motif)[layer];
        Assert.Equal((stride, channels), (geometry.Stride, geometry.Channels));
    }

    [Theory]
    [MemberData(nameof(AllNetworks))]
    public void The_receptive_field_is_the_set_of_pixels_that_a_cell_is_made_of(string network)
    {
        // One line of pixels, each of which every node's cell either looks at or not: by the operations' definitions,
        // without any of the geometry's arithmetic. The cell is far enough from the edges not to meet them.
        const int origin = 4096;
        var description = NetworkCatalog.Find(network)!;
        var geometry = new NetworkGeometry(description);
        var nodes = description.Nodes.ToDictionary(node => node.Name);
        foreach (var layer in description.Layers)
        {
            var (rows, columns) = (geometry[layer.Name].Rows, geometry[layer.Name].Columns);
            Assert.Equal((layer.Name, origin - rows.Before, origin + rows.After), LookedAt(layer.Name, pair => pair.Rows));
            Assert.Equal((layer.Name, origin - columns.Before, origin + columns.After), LookedAt(layer.Name, pair => pair.Columns));
        }

        (string, int, int) LookedAt(string layer, Func<Pair, int> axis)
        {
            var (first, last) = (int.MaxValue, int.MinValue);
            var seen = new HashSet<(string, int)>();
            var open = new Stack<(string Node, int Cell)>([(layer, origin / geometry[layer].Stride)]);
            while (open.TryPop(out var next))
            {
                if (!seen.Add(next))
                    continue;
                if (next.Node == Node.Input)
                {
                    (first, last) = (Math.Min(first, next.Cell), Math.Max(last, next.Cell));
                    continue;
                }

                var node = nodes[next.Node];
                var (kernel, stride, padding) = node.Operation switch
                {
                    Convolution c => (c.Kernel, c.Stride, c.Padding),
                    MaxPooling p => (p.Kernel, p.Stride, p.Padding),
                    AveragePooling p => (p.Kernel, p.Stride, p.Padding),
                    _ => (1, 1, 0),
                };
                foreach (var input in node.Inputs)
                {
                    for (var k = 0; k < axis(kernel); k++)
                        open.Push((input, next.Cell * stride + k - axis(padding)));
                }
            }

            return (layer, first, last);
        }
    }

    [Fact]
    public void Only_the_nodes_up_to_the_deepest_wanted_layer_are_evaluated()
    {
        var evaluation = new NetworkGeometry(SqueezeNet).Evaluate(["fire6", "fire4"]);
        Assert.Equal("fire6", evaluation.Nodes[^1].Name);
        Assert.DoesNotContain(evaluation.Nodes, node => node.Name.StartsWith("fire7", StringComparison.Ordinal));
        Assert.Equal(SqueezeNet.Nodes.TakeWhile(node => !node.Name.StartsWith("fire7", StringComparison.Ordinal)), evaluation.Nodes);
    }

    [Fact]
    public void A_branch_that_no_wanted_layer_reads_is_left_out()
    {
        var forked = Fork(leftStride: 2, rightStride: 3);
        Assert.Equal(["left"], new NetworkGeometry(forked).Evaluate(["left"]).Nodes.Select(node => node.Name));
    }

    [Fact]
    public void The_grid_of_a_set_fits_every_stride_in_it_and_context_is_rounded_up_to_it()
    {
        var evaluation = new NetworkGeometry(Fork(leftStride: 4, rightStride: 6)).Evaluate(["left", "right"]);
        Assert.Equal(12, evaluation.Stride);
        Assert.Equal(12, evaluation.ExactContext);
        Assert.Equal(new AutomaticContext(12, 2e-3), evaluation.AutomaticContext);
    }

    [Fact]
    public void The_automatic_context_of_a_set_is_unmeasured_if_one_of_its_layers_is()
    {
        var network = Fork(leftStride: 4, rightStride: 6);
        network = network with { Layers = [network.Layers[0], network.Layers[1] with { Context = new(6, null) }] };
        Assert.Null(new NetworkGeometry(network).Evaluate(["left", "right"]).AutomaticContext.MeasuredError);
        Assert.Equal(1e-3, new NetworkGeometry(network).Evaluate(["left"]).AutomaticContext.MeasuredError);
    }

    [Theory]
    [MemberData(nameof(AllNetworks))]
    public void Automatic_context_fits_the_stride_and_is_never_more_than_exact(string network)
    {
        var geometry = new NetworkGeometry(NetworkCatalog.Find(network)!);
        foreach (var layer in geometry.Network.Layers)
        {
            var (node, automatic) = (geometry[layer.Name], geometry.ContextOf(layer).Pixels);
            Assert.Equal((layer.Name, 0), (layer.Name, automatic % node.Stride));
            Assert.InRange(automatic, node.Stride, node.ExactContext);
        }
    }

    [Fact]
    public void A_description_that_contradicts_itself_is_a_bug_and_says_where()
    {
        Assert.Contains("reads nowhere", Refuse(new Node("a", new MaxPooling(2, 2), "nowhere")), StringComparison.Ordinal);
        Assert.Contains("node a has the name of a node before it", Refuse(new Node("a", new MaxPooling(2, 2), "input"), new Node("a", new MaxPooling(2, 2), "input")), StringComparison.Ordinal);
        Assert.Contains("different strides", Refuse(new Node("a", new MaxPooling(2, 2), "input"), new Node("b", new Concatenation(), "a", "input")), StringComparison.Ordinal);

        static string Refuse(params Node[] nodes) =>
            Assert.Throws<ArgumentException>(() => new NetworkGeometry(Motif with { Nodes = nodes, Layers = [] })).Message;
    }

    [Fact]
    public void Branches_whose_strides_have_no_common_grid_are_refused()
    {
        // Each by itself would do; together they ask for windows that are multiples of 63^3 x 64^3 pixels, which no int holds.
        Node[] nodes = [.. Branch("a", 63), .. Branch("b", 64)];
        var error = Assert.Throws<ArgumentException>(() => new NetworkGeometry(Motif with { Nodes = nodes, Layers = [new("a3", null), new("b3", null)] }));
        Assert.Contains("no common multiple", error.Message, StringComparison.Ordinal);

        static Node[] Branch(string name, int stride) =>
            [new(name + 1, new MaxPooling(1, stride), Node.Input), new(name + 2, new MaxPooling(1, stride), name + 1), new(name + 3, new MaxPooling(1, stride), name + 2)];
    }

    [Fact]
    public void A_map_whose_first_cells_are_cut_off_needs_context_for_its_shift()
    {
        // Cell i looks at pixel i + 5 alone: without context, a tile's first pixels have no cell and its last cells no pixel.
        var cut = new NetworkGeometry(Motif with { Nodes = [new("cut", new Padding(-5, 0, 0, 0), Node.Input)], Layers = [new("cut", null)] })["cut"];
        Assert.Equal(new Field(-5, 5), cut.Rows);
        Assert.Equal(5, cut.ExactContext);
    }

    [Fact]
    public void The_canvas_is_no_layer()
    {
        var network = Motif with { Layers = [.. Motif.Layers, new(Node.Input, null)] };
        Assert.Contains("layer input is no node", Assert.Throws<ArgumentException>(() => new NetworkGeometry(network)).Message, StringComparison.Ordinal);
    }

    private static NetworkDescription Fork(int leftStride, int rightStride) => Motif with
    {
        Nodes =
        [
            new Node("left", new Convolution("left", 8, 4, leftStride), Node.Input),
            new Node("right", new Convolution("right", 8, 6, rightStride), Node.Input),
        ],
        Layers = [new("left", new(4, 1e-3)), new("right", new(6, 2e-3))],
    };
}
