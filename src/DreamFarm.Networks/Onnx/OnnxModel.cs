namespace DreamFarm.Networks;

/// <summary>What of an ONNX file matters for computing it.</summary>
/// <param name="Opset">The version of ONNX's own operators.</param>
/// <param name="Nodes">In the file's order.</param>
/// <param name="Constants">Initializers by name.</param>
/// <param name="Inputs">The graph's inputs; older files list the constants among them.</param>
/// <param name="Outputs">Names of the graph's outputs.</param>
/// <param name="Metadata">The model's metadata_props.</param>
internal sealed record OnnxModel(
    long Opset,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyDictionary<string, OnnxTensor> Constants,
    IReadOnlyList<OnnxInput> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, string> Metadata);

/// <summary>One operator of the graph.</summary>
/// <param name="Domain">Empty for ONNX's own operators.</param>
/// <param name="Inputs">Names of values; an empty one is an optional input that is not given.</param>
/// <param name="Outputs">Names of the values it makes.</param>
internal sealed record OnnxNode(
    string Name,
    string Operator,
    string Domain,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes);

/// <summary>What a node's attribute holds; the parts that it does not hold are empty.</summary>
internal sealed record OnnxAttribute(double? Float, long? Integer, string? Text, OnnxTensor? Tensor, IReadOnlyList<double> Floats, IReadOnlyList<long> Integers);

/// <summary>An input of the graph.</summary>
/// <param name="Sides">Outermost first; null for one that is not fixed. Null as a whole where the file does not say.</param>
internal sealed record OnnxInput(string Name, IReadOnlyList<long?>? Sides);
