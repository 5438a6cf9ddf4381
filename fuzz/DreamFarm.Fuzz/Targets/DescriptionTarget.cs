using DreamFarm.Networks;

namespace DreamFarm.Fuzz;

/// <summary>A network as its weights describe it.</summary>
internal sealed class DescriptionTarget : IFuzzTarget
{
    public string Name => "description";

    public int Share => 10;

    public IEnumerable<byte[]> Seeds =>
    [
        NetworkDescriptionJson.Write(NetworkCatalog.Default with
        {
            Nodes = [.. NetworkCatalog.Default.Nodes.Take(4)],
            Layers = [.. NetworkCatalog.Default.Layers.Take(2)],
            Defaults = new("conv1"),
            Classes = ["eye", "spiral"],
        }),
        """
        {"name":"a","summary":"","nodes":[{"name":"c","operation":{"operation":"convolution","weights":"c","channels":2,"kernel":[1,3],"stride":2,"any_channels":true},"inputs":["input"]},
        {"name":"g","operation":{"operation":"global_average_pooling"},"inputs":["c"]},{"name":"m","operation":{"operation":"multiplication"},"inputs":["c","g"]}],
        "layers":[{"name":"m","aliases":[]}],"classes":["eye","owl"],"preprocessing":{"mean":[0,0,0],"std":[1,1,1],"bgr":true},"defaults":{"layers":"m"}}
        """u8.ToArray(),
    ];

    public IReadOnlyList<string> Words =>
        ["\"kernel\"", "\"stride\"", "\"padding\"", "\"inputs\"", "\"operation\"", "addition", "padding", "softmax", "\"classes\"", "2147483647", "-1", "1e999", "99", "null", "[]", "{}", ",", "true"];

    public void Run(byte[] input)
    {
        NetworkDescription network;
        try
        {
            network = NetworkDescriptionJson.Read(input);
        }
        catch (ArgumentException)
        {
            return;
        }
        // What was accepted can be planned with, and written down again.
        var geometry = new NetworkGeometry(network);
        foreach (var layer in network.Layers)
            geometry.Evaluate([layer.Name]);
        NetworkDescriptionJson.Write(network);
    }
}
