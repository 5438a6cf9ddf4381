using System.Text;
using DreamFarm.Networks;

namespace DreamFarm.Fuzz;

/// <summary>An objective's layers as people write them.</summary>
internal sealed class LayersTarget : IFuzzTarget
{
    public string Name => "layers";

    public int Share => 12;

    public IEnumerable<byte[]> Seeds => ["3a"u8.ToArray(), "3a:1,4a:0.5"u8.ToArray(), " 5b : -1e-3 , 3a"u8.ToArray(), "fire8:1,fire6:0.5"u8.ToArray()];

    public IReadOnlyList<string> Words => ["3a", "4a", "5b", ",", ":", "1e308", "1e999", "-0", "NaN", "\u0660", "\uFEFF", " "];

    public void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (ObjectiveSyntax.TryParse(text, ObjectiveKind.L2, NetworkCatalog.Default, out var objective, out string? problem)
            && objective.Layers.Any(layer => !double.IsFinite(layer.Weight) || layer.Weight == 0))
            throw new InvalidOperationException("a weight that can be none was accepted");
        if ((objective is null) == (problem is null))
            throw new InvalidOperationException("neither layers nor a problem, or both");
    }
}
