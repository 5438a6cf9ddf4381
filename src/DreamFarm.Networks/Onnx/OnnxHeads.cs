namespace DreamFarm.Networks;

/// <summary>
/// Tells the global poolings of a classifier's head from those inside a network. Behind the first nothing else of the picture comes in
/// any more: such a head can as well be applied at every cell, without the mean. Behind the others (squeeze and excitation) the mean goes back into a map.
/// </summary>
internal sealed class OnnxHeads
{
    private readonly Dictionary<string, List<OnnxNode>> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fromPicture = new(StringComparer.Ordinal);

    public OnnxHeads(OnnxModel model, string input)
    {
        _fromPicture.Add(input);
        foreach (var node in model.Nodes)
        {
            // A shape is not what is in the picture.
            if (node.Operator != "Shape" && node.Inputs.Any(_fromPicture.Contains))
                _fromPicture.UnionWith(node.Outputs);
            foreach (var name in node.Inputs.Distinct())
            {
                if (!_readers.TryGetValue(name, out var readers))
                    _readers.Add(name, readers = []);
                readers.Add(node);
            }
        }
    }

    /// <summary>Whether everything that <paramref name="pooling"/> leads to is made from it alone.</summary>
    public bool IsHead(OnnxNode pooling)
    {
        var behind = new HashSet<string>(pooling.Outputs, StringComparer.Ordinal);
        var nodes = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        var waiting = new Queue<string>(pooling.Outputs);
        while (waiting.TryDequeue(out var name))
        {
            foreach (var reader in _readers.GetValueOrDefault(name) ?? [])
            {
                if (reader.Operator == "Shape" || !nodes.Add(reader))
                    continue;
                foreach (var output in reader.Outputs.Where(behind.Add))
                    waiting.Enqueue(output);
            }
        }

        return nodes.All(node => node.Inputs.All(name => behind.Contains(name) || !_fromPicture.Contains(name)));
    }
}
