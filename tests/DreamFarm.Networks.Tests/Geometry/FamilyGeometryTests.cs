namespace DreamFarm.Networks.Tests;

/// <summary>What the files of the known networks come to.</summary>
public class FamilyGeometryTests
{
    [Theory]
    [InlineData("bvlc_googlenet", "inception_4c", 16, 512, 304)]
    [InlineData("googlenet", "inception_4c", 16, 512, 176)]
    [InlineData("inception_v3", "mixed3", 16, 768, 160)]
    [InlineData("inception_v3", "mixed5", 16, 768, 544)]
    [InlineData("vgg16", "relu4_3", 8, 512, 96)]
    [InlineData("vgg19", "relu5_4", 16, 512, 256)]
    [InlineData("resnet50", "layer3", 16, 1024, 272)]
    [InlineData("alexnet", "relu5", 16, 256, 176)]
    [InlineData("squeezenet1_1", "fire8", 16, 512, 176)]
    public void Strides_channels_and_exact_contexts_follow_from_the_files(string network, string layer, int stride, int channels, int context)
    {
        var geometry = new NetworkGeometry(NetworkCatalog.Find(network)!);
        var node = geometry[geometry.Network.FindLayer(layer)!.Name];
        Assert.Equal((stride, channels, context), (node.Stride, node.Channels, node.ExactContext));
    }

    [Theory]
    [InlineData("bvlc_googlenet", "inception_4c/output", "inception_4c")]
    [InlineData("bvlc_googlenet", "logits", "loss3/classifier")]
    [InlineData("googlenet", "inception4d.branch2.0", "inception_4d/3x3_reduce")]
    [InlineData("googlenet", "inception_4c/output", "inception_4c")]
    [InlineData("inception_v3", "Mixed_5b", "mixed0")]
    [InlineData("inception_v3", "Mixed_7c", "mixed10")]
    [InlineData("inception_v3", "Mixed_6e.branch7x7dbl_3", "mixed7/branch7x7dbl_3")]
    [InlineData("vgg16", "features.22", "relu4_3")]
    [InlineData("vgg19", "features.36", "pool5")]
    [InlineData("resnet101", "layer3", "layer3.22")]
    [InlineData("squeezenet1_0", "logits", "conv10")]
    [InlineData("squeezenet1_1", "features.12", "fire9")]
    [InlineData("alexnet", "logits", "fc8")]
    public void Layers_are_found_by_all_the_names_that_people_know(string network, string known, string layer) =>
        Assert.Equal(layer, NetworkCatalog.Find(network)!.FindLayer(known)?.Name);

    [Theory]
    [InlineData("bvlc_googlenet", "inception_4c", 176, null)]
    [InlineData("bvlc_googlenet", "inception_4d/5x5_reduce", 176, null)]
    [InlineData("bvlc_googlenet", "pool1/norm1", 12, 0.0)]
    [InlineData("bvlc_googlenet", "pool5/7x7_s1", 384, null)]
    [InlineData("resnet101", "layer3.4", 176, null)]
    [InlineData("squeezenet1_0", "fire8", 96, 3.7e-5)]
    [InlineData("squeezenet1_0", "fire8/squeeze", 80, null)]
    [InlineData("vgg16", "relu4_3", 96, 0.0)]
    public void A_context_that_no_file_states_is_the_next_layers_or_exact(string network, string layer, int pixels, double? error)
    {
        var geometry = new NetworkGeometry(NetworkCatalog.Find(network)!);
        Assert.Equal(new AutomaticContext(pixels, error), geometry.ContextOf(geometry.Network.FindLayer(layer)!));
    }

    [Fact]
    public void A_value_that_one_node_reads_may_be_overwritten_unless_somebody_wants_it()
    {
        var vgg = new NetworkGeometry(NetworkCatalog.Find("vgg16")!);
        Assert.Equal(["conv1_2", "conv2_1", "conv2_2"], vgg.Evaluate(["relu2_2"]).Passing.Order());
        Assert.Equal(["conv1_2", "conv2_1"], vgg.Evaluate(["relu2_2", "conv2_2"]).Passing.Order());

        var resnet = new NetworkGeometry(NetworkCatalog.Find("resnet50")!);
        Assert.Equal(
            ["layer1.0/expand", "layer1.0/shortcut", "layer1.0/sum", "layer1.1/expand", "layer1.1/sum"],
            resnet.Evaluate(["layer1.1"]).Passing.Order());
    }

    [Fact]
    public void A_name_means_one_layer_alone()
    {
        foreach (var network in NetworkCatalog.All)
        {
            var names = network.Layers.SelectMany(layer => (string[])[layer.Name, .. layer.Aliases]).ToArray();
            Assert.Equal(names.Distinct(StringComparer.Ordinal).Count(), names.Length);
        }
    }
}
