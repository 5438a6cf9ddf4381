namespace DreamFarm.Networks.Tests;

public class NetworkCatalogTests
{
    [Fact]
    public void Every_network_is_found_by_its_name_and_the_default_needs_no_download()
    {
        Assert.Equal(
            ["motif", "alexnet", "bvlc_googlenet", "googlenet", "inception_v3", "resnet101", "resnet50", "squeezenet1_0", "squeezenet1_1", "vgg16", "vgg19"],
            NetworkCatalog.All.Select(network => network.Name));
        Assert.All(NetworkCatalog.All, network => Assert.Same(network, NetworkCatalog.Find(network.Name)));
        Assert.Equal("motif", NetworkCatalog.Default.Name);
        Assert.NotNull(NetworkCatalog.Default.BuiltInWeights);
    }

    [Fact]
    public void The_defaults_of_every_network_are_layers_it_has()
    {
        foreach (var network in NetworkCatalog.All)
            Assert.True(ObjectiveSyntax.TryParse(null, null, new NetworkGeometry(network), out _, out var problem), problem);
    }

    [Fact]
    public void An_unknown_network_is_answered_with_the_nearest_name()
    {
        Assert.Null(NetworkCatalog.Find("squeezenet1.0"));
        Assert.StartsWith("there is no network \"squeezenet1.0\"; did you mean \"squeezenet1_0\"? It can be motif, alexnet,", NetworkCatalog.DescribeUnknown("squeezenet1.0"), StringComparison.Ordinal);
        Assert.StartsWith("there is no network \"transformer\"; it can be motif, alexnet,", NetworkCatalog.DescribeUnknown("transformer"), StringComparison.Ordinal);
    }
}
