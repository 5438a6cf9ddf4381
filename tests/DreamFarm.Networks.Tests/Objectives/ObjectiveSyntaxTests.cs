namespace DreamFarm.Networks.Tests;

public class ObjectiveSyntaxTests
{
    private static readonly NetworkDescription SqueezeNet = NetworkCatalog.Find("squeezenet1_0")!;

    [Theory]
    [InlineData("fire8", "fire8:1")]
    [InlineData("fire8:1,fire6:0.5", "fire8:1 fire6:0.5")]
    [InlineData(" fire8 : 2e-1 , conv10:-3 ", "fire8:0.2 conv10:-3")]
    public void Layers_and_weights_are_read_in_the_order_they_were_written(string text, string expected)
    {
        Assert.True(ObjectiveSyntax.TryParse(text, ObjectiveKind.L2, SqueezeNet, out var objective, out _));
        Assert.Equal(ObjectiveKind.L2, objective.Kind);
        Assert.Equal(expected, string.Join(' ', objective.Layers.Select(layer => $"{layer.Layer}:{layer.Weight}")));
    }

    [Theory]
    [InlineData("fier8:1", "squeezenet1_0 has no layer \"fier8\"; did you mean \"fire8\"? It can be fire8, fire2, fire3, fire4, fire5, fire6, fire7, fire9 or one of 29 others.")]
    [InlineData("FIRE8", "squeezenet1_0 has no layer \"FIRE8\"; did you mean \"fire8\"?")]
    [InlineData("mixed5", "squeezenet1_0 has no layer \"mixed5\"; it can be fire5, ")]
    [InlineData("fire8/squeezed", "squeezenet1_0 has no layer \"fire8/squeezed\"; did you mean \"fire8/squeeze\"?")]
    [InlineData("fire8:", "\"\" is no weight for layer \"fire8\"; write a number such as 0.5 behind the colon.")]
    [InlineData("fire8:0,5", "the weight of layer \"fire8\" is 0; it has to be finite and not 0.")]
    [InlineData("fire8:one", "\"one\" is no weight for layer \"fire8\"")]
    [InlineData("fire8:1:2", "\"1:2\" is no weight for layer \"fire8\"")]
    [InlineData("fire8:NaN", "the weight of layer \"fire8\" is NaN; it has to be finite and not 0.")]
    [InlineData("fire8:1e999", "the weight of layer \"fire8\" is 1e999; it has to be finite and not 0.")]
    [InlineData("fire8:-0", "the weight of layer \"fire8\" is -0; it has to be finite and not 0.")]
    [InlineData("fire8:1,fire6,fire8:2", "layer \"fire8\" stands twice in \"fire8:1,fire6,fire8:2\"; give it one weight.")]
    [InlineData("fire8:1,", "a layer's name is missing in \"fire8:1,\"; write layers as in \"fire8\", with commas between them.")]
    [InlineData(":1", "a layer's name is missing in \":1\"")]
    [InlineData("", "a layer's name is missing in \"\"")]
    public void A_mistake_is_answered_by_a_sentence_that_names_it(string text, string problem)
    {
        Assert.False(ObjectiveSyntax.TryParse(text, ObjectiveKind.Mean, SqueezeNet, out var objective, out var said));
        Assert.Null(objective);
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
    }
}
