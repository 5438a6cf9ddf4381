namespace DreamFarm.Networks.Tests;

public class NetworkCatalogTests
{
    [Fact]
    public void Every_network_is_found_by_its_name_and_the_default_needs_no_download()
    {
        Assert.Equal(["motif", "squeezenet1_0"], NetworkCatalog.All.Select(network => network.Name));
        Assert.All(NetworkCatalog.All, network => Assert.Same(network, NetworkCatalog.Find(network.Name)));
        Assert.Equal("motif", NetworkCatalog.Default.Name);
        Assert.NotNull(NetworkCatalog.Default.BuiltInWeights);
    }

    [Fact]
    public void The_defaults_of_every_network_are_layers_it_has()
    {
        foreach (var network in NetworkCatalog.All)
            Assert.True(ObjectiveSyntax.TryParse(network.Defaults.Layers, ObjectiveKind.L2, network, out _, out var problem), problem);
    }

    [Fact]
    public void An_unknown_network_is_answered_with_the_nearest_name()
    {
        Assert.Null(NetworkCatalog.Find("squeezenet"));
        Assert.Equal(
            "there is no network \"squeezenet\"; did you mean \"squeezenet1_0\"? It can be motif or squeezenet1_0.",
            NetworkCatalog.DescribeUnknown("squeezenet"));
        Assert.Equal("there is no network \"alexnet\"; it can be motif or squeezenet1_0.", NetworkCatalog.DescribeUnknown("alexnet"));
    }
}
