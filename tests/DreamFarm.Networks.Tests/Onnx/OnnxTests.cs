using static DreamFarm.Networks.Tests.OnnxFile;

namespace DreamFarm.Networks.Tests;

/// <summary>What becomes of ONNX graphs; what their nodes compute, the engine's tests show.</summary>
public class OnnxTests
{
    private static byte[] Same => Attribute("auto_pad", "SAME_UPPER");

    [Fact]
    public void Every_node_is_a_layer_and_those_that_change_nothing_are_other_names()
    {
        var network = new OnnxFile()
            .Conv("first", "x", "a", 4, 3, 3)
            .Node("Relu", "bent", "a", "b")
            .Node("Dropout", "dropped", "b", "c")
            .Node("Identity", "", "c", "d")
            .Conv("second", "d", "out", 2, 4, 1)
            .Describe();

        Assert.Equal(["first", "bent", "second"], network.Layers.Select(layer => layer.Name));
        Assert.Equal(["dropped", "d"], network.FindLayer("bent")!.Aliases);
        Assert.Equal(["out"], network.FindLayer("second")!.Aliases);
        Assert.Equal("bent", network.Nodes[2].Inputs.Single());
    }

    [Fact]
    public void Names_are_those_of_the_file_as_far_as_layers_can_have_them()
    {
        var network = new OnnxFile()
            .Node("Sigmoid", "features/a:0, (b) [c]@d", "x", "a")
            .Node("Relu", "", "a", "nameless")
            .Node("Relu", "twice", "nameless", "b")
            .Node("Relu", "twice", "b", "second")
            .Node("Relu", "input", "second", "x2")
            .Node("Relu", new string('n', 300), "x2", "out")
            .Describe();

        Assert.Equal(["features/a_0___b___c__d", "nameless", "twice", "second", "x2", new string('n', 160)], network.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void A_class_logit_is_applied_at_every_cell_and_only_the_pooling_is_global()
    {
        var network = new OnnxFile()
            .Conv("conv", "x", "a", 4, 3, 3, Attribute("strides", 2, 2))
            .Node("GlobalAveragePool", "pool", "a", "b")
            .Node("Flatten", "flat", "b", "c")
            .Constant("fc.w", 10, 4)
            .Constant("fc.b", 10)
            .Node("Gemm", "logits", "c fc.w fc.b", "d", Attribute("transB", 1))
            .Node("Softmax", "classes", "d", "out", Attribute("axis", 1))
            .Describe();
        var geometry = new NetworkGeometry(network);

        Assert.True(geometry["pool"].IsGlobal);
        Assert.Equal(["flat"], network.FindLayer("pool")!.Aliases);
        Assert.False(geometry["logits"].IsGlobal);
        Assert.Equal((10, 2, geometry["conv"].Reach), (geometry["logits"].Channels, geometry["logits"].Stride, geometry["logits"].Reach));
        Assert.False(geometry["classes"].IsGlobal);
    }

    [Fact]
    public void What_a_pooling_inside_the_network_goes_back_into_is_global()
    {
        var network = new OnnxFile()
            .Conv("conv", "x", "a", 4, 3, 3)
            .Node("GlobalAveragePool", "squeeze", "a", "b")
            .Conv("excite", "b", "c", 4, 4, 1)
            .Node("Sigmoid", "gate", "c", "d")
            .Node("Mul", "gated", "d a", "e")
            .Conv("behind", "e", "f", 5, 4, 3)
            .Node("GlobalAveragePool", "pool", "f", "g")
            .Conv("logits", "g", "out", 7, 5, 1)
            .Describe();
        var geometry = new NetworkGeometry(network);

        Assert.Equal([false, true, true, true, true, true, true, true], network.Nodes.Select(node => geometry[node.Name].IsGlobal));
        Assert.True(geometry["gate"].IsPoint);
        Assert.False(geometry["gated"].IsPoint);
        // The head is applied at every cell all the same.
        Assert.False(geometry["logits"].IsPoint);
    }

    [Fact]
    public void Even_padding_is_the_convolution_s_own_and_uneven_padding_a_node_before_it()
    {
        var network = new OnnxFile()
            .Conv("even", "x", "a", 3, 3, 3, Attribute("pads", 1, 2, 1, 2))
            .Conv("uneven", "a", "out", 3, 3, 3, Attribute("pads", 0, 0, 1, 1), Attribute("strides", 2, 2))
            .Describe();

        Assert.Equal(["even", "uneven.pad", "uneven"], network.Nodes.Select(node => node.Name));
        Assert.Equal(["even", "uneven"], network.Layers.Select(layer => layer.Name));
        Assert.Equal(new Pair(1, 2), ((Convolution)network.Nodes[0].Operation).Padding);
        Assert.Equal(new Padding(0, 0, 1, 1), network.Nodes[1].Operation);
    }

    [Theory]
    [InlineData(32, 0, 1)]
    [InlineData(33, 1, 1)]
    [InlineData(0, 0, 1)]
    public void Padding_to_the_same_size_follows_from_the_map_and_where_that_is_free_from_the_stride(int side, int before, int after)
    {
        var network = new OnnxFile { Input = [1, 3, side, side] }.Conv("conv", "x", "out", 4, 3, 3, Same, Attribute("strides", 2, 2)).Describe();
        var padding = network.Nodes[0].Operation is Padding node
            ? (node.Top, node.Bottom)
            : (((Convolution)network.Nodes[0].Operation).Padding.Rows, ((Convolution)network.Nodes[0].Operation).Padding.Rows);
        Assert.Equal((before, after), padding);
    }

    [Fact]
    public void The_file_s_name_is_the_network_s_unless_that_is_taken()
    {
        Assert.Equal("my_net-2", new OnnxFile { Name = "/models/my net-2.onnx" }.Conv("conv", "x", "out", 2, 3, 1).Describe().Name);
        Assert.Equal("vgg16-onnx", new OnnxFile { Name = "vgg16.onnx" }.Conv("conv", "x", "out", 2, 3, 1).Describe().Name);
    }

    [Fact]
    public void Preprocessing_is_torchvision_s_unless_the_model_or_its_importer_says_otherwise()
    {
        Assert.Equal(Preprocessing.ImageNet.Mean, Simple().Describe().Preprocessing!.Mean);
        Assert.Null(Simple().Metadata("dreamfarm.preprocessing", "canvas").Describe().Preprocessing);
        using var imported = Simple().Load().Prepare(InputScale.Find("caffe")!);
        Assert.True(imported.Network.Preprocessing!.Bgr);
        using var plain = Simple().Load();
        Assert.NotEqual(plain.Sha256, imported.Sha256);
        Refuse("its metadata says dreamfarm.preprocessing = \"pink\"; it can be imagenet, canvas, unit, bytes, caffe", Simple().Metadata("dreamfarm.preprocessing", "pink"));

        static OnnxFile Simple() => new OnnxFile().Conv("conv", "x", "out", 2, 3, 1);
    }

    [Fact]
    public void Nodes_that_share_constants_share_weights()
    {
        using var weights = new OnnxFile().Conv("one", "x", "a", 3, 3, 1).Node("Conv", "other", "a one.w", "out").Load();
        Assert.Equal(["one.weight"], new NetworkGeometry(weights.Network).Tensors.Keys);
    }

    [Fact]
    public void What_cannot_be_dreamt_is_refused_by_the_node_s_name()
    {
        Refuse("node \"up\" (Resize) is not supported; supported are Conv, Gemm", new OnnxFile().Node("Resize", "up", "x", "out"));
        Refuse("node \"c\" (Conv) has the strides 1 and 2; they have to be the same on both axes", new OnnxFile().Conv("c", "x", "out", 2, 3, 3, Attribute("strides", 1, 2)));
        Refuse("node \"c\" (Conv) has the dilations 1 and 2", new OnnxFile().Conv("c", "x", "out", 2, 3, 3, Attribute("dilations", 1, 2)));
        Refuse("node \"c\" (Conv) has weights of the shape [2, 4, 3, 3] in 1 groups for a map of 3 channels", new OnnxFile().Conv("c", "x", "out", 2, 4, 3));
        Refuse("node \"c\" (Conv) gets its weights from the picture", new OnnxFile().Node("Conv", "c", "x x", "out"));
        Refuse("node \"c\" (Conv) reads \"y\", which is no constant and no first output of a node before it", new OnnxFile().Conv("c", "y", "out", 2, 3, 3));
        Refuse("node \"c\" (Conv) has a kernel that is larger than its map of 32 by 32 cells", new OnnxFile().Conv("c", "x", "out", 1, 3, 33));
        Refuse("node \"p\" (Pad) pads in the mode \"reflect\"", new OnnxFile().Shape("s", 0, 0, 1, 1, 0, 0, 1, 1).Node("Pad", "p", "x s", "out", Attribute("mode", "reflect")));
        Refuse("node \"p\" (Pad) pads channels", new OnnxFile().Shape("s", 0, 1, 0, 0, 0, 0, 0, 0).Node("Pad", "p", "x s", "out"));
        Refuse("node \"n\" (LRN) has the size 4; an odd number", new OnnxFile().Node("LRN", "n", "x", "out", Attribute("size", 4)));
        Refuse("node \"s\" (Softmax) is a softmax over rows and columns", new OnnxFile { Opset = 11 }.Node("Softmax", "s", "x", "out"));
        Refuse("node \"a\" (AveragePool) pads one end of an axis more", new OnnxFile().Node("AveragePool", "a", "x", "out", Attribute("kernel_shape", 2, 2), Attribute("pads", 0, 0, 1, 1)));
        Refuse("node \"b\" (BatchNormalization) is in training mode", new OnnxFile { Opset = 15 }.Constant("c", 3).Node("BatchNormalization", "b", "x c c c c", "out", Attribute("training_mode", 1)));
        Refuse("node \"d\" (Dropout) is in training mode", new OnnxFile().Constant("r", 1).Tensor("t", 9, [], Block(9, [1])).Node("Dropout", "d", "x r t", "out"));
        Refuse("node \"m\" (Add) has a constant of the shape [32, 32] for a map of 3 channels", new OnnxFile().Constant("c", 32, 32).Node("Add", "m", "x c", "out"));
        Refuse("node \"j\" (Add) joins maps of 32 by 32 and 30 by 30 cells", new OnnxFile().Conv("c", "x", "a", 3, 3, 3).Node("Add", "j", "x a", "out"));
        Refuse("node \"t\" (Transpose) turns axes round as [0, 1, 3, 2]", new OnnxFile().Node("Transpose", "t", "x", "out", Attribute("perm", 0, 1, 3, 2)));
        Refuse("node \"g\" (Gemm) reads a flattened map of a size that the file does not fix; export the model for one size", new OnnxFile { Input = [0, 3, 0, 0] }.Constant("w", 12, 5).Node("Flatten", "f", "x", "a").Node("Gemm", "g", "a w", "out"));
        Refuse("node \"r\" (Reshape) gives its map of 3 channels the shape [1, 3, 1024]", new OnnxFile().Shape("s", 1, 3, 1024).Node("Reshape", "r", "x s", "out"));
    }

    [Fact]
    public void A_model_that_is_not_one_picture_to_classes_is_refused()
    {
        Refuse("opset 22; 7 to 21", new OnnxFile { Opset = 22 }.Node("Relu", "r", "x", "out"));
        Refuse("opset 6; 7 to 21", new OnnxFile { Opset = 6 }.Node("Relu", "r", "x", "out"));
        Refuse("its graph has 2 inputs (mask, x)", new OnnxFile().With("mask").Node("Relu", "r", "x", "out"));
        Refuse("its input \"x\" has the shape [1, 1, 28, 28]; a picture is [N, 3, H, W]", new OnnxFile { Input = [1, 1, 28, 28] }.Node("Relu", "r", "x", "out"));
        Refuse("its graph has no node that could be dreamt", new OnnxFile().Node("Identity", "i", "x", "out"));
        Refuse("joins inputs of different strides", new OnnxFile { Input = [1, 3, 0, 0] }.Conv("c", "x", "a", 3, 3, 1, Attribute("strides", 2, 2)).Node("Add", "j", "x a", "out"));
    }

    [Fact]
    public void Constants_that_make_no_sense_are_refused()
    {
        Refuse("the numbers of constant \"w\" lie in another file; save the model as one file", new OnnxFile().Tensor("w", 1, [2, 3, 1, 1], [.. Block(13, []), .. Integer(14, 1)]).Node("Relu", "r", "x", "out"));
        Refuse("the numbers of constant \"w\" have the type 8", new OnnxFile().Tensor("w", 8, [1], []).Node("Relu", "r", "x", "out"));
        Refuse("constant \"w\" has 6 numbers of 4 bytes by its shape, but 8 bytes of them are in the file", new OnnxFile().Tensor("w", 1, [2, 3], Block(9, new byte[8])).Node("Relu", "r", "x", "out"));
        Refuse("constant \"w\" has the shape [-1], which makes no sense", new OnnxFile().Tensor("w", 1, [-1], []).Node("Relu", "r", "x", "out"));
        Refuse("two of its constants are called \"w\"", new OnnxFile().Constant("w", 1).Constant("w", 1).Node("Relu", "r", "x", "out"));
        Refuse("tensor \"c.weight\" holds integers", new OnnxFile().Tensor("w", 7, [1, 3, 1, 1], Block(9, new byte[24])).Node("Conv", "c", "x w", "out"));
        // A few bytes that would grow to gigabytes.
        var many = new OnnxFile().Conv("c", "x", "a0", 60_000, 3, 1).Constant("k", 1);
        for (var i = 0; i < 40; i++)
            many.Node("Mul", $"m{i}", $"a{i} k", $"a{i + 1}");
        Refuse("would take 240000 bytes apart, in a model of", many);
    }

    [Fact]
    public void A_model_that_was_cut_short_or_damaged_is_refused_or_read()
    {
        byte[] whole = new OnnxFile().Conv("conv", "x", "a", 4, 3, 3, Same).Node("Relu", "r", "a", "out").ToBytes();
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<WeightsException>(() => WeightFile.Open(new MemoryWeightBytes("test", whole[..length])));
        for (var at = 2; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x55;
            try
            {
                WeightFile.Open(new MemoryWeightBytes("test", damaged)).Dispose();
            }
            catch (WeightsException)
            {
                // As it should be.
            }
        }
    }

    private static void Refuse(string because, OnnxFile file)
    {
        var error = Assert.Throws<WeightsException>(file.Describe);
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        Assert.Contains(file.Name, error.Message, StringComparison.Ordinal);
    }
}
