namespace DreamFarm.Networks;

/// <summary>What becomes of each operator of ONNX. A new one is a line here and a method in the file of its kind.</summary>
internal static class OnnxOperators
{
    /// <summary>Translations by the operator's name.</summary>
    public static IReadOnlyDictionary<string, Func<OnnxCall, OnnxValue>> All { get; } = new Dictionary<string, Func<OnnxCall, OnnxValue>>(StringComparer.Ordinal)
    {
        ["Conv"] = OnnxConvolutions.Convolution,
        ["Gemm"] = OnnxConvolutions.FullyConnected,
        ["MatMul"] = OnnxConvolutions.Product,

        ["MaxPool"] = OnnxPoolings.Max,
        ["AveragePool"] = OnnxPoolings.Average,
        ["GlobalAveragePool"] = OnnxPoolings.GlobalAverage,
        ["ReduceMean"] = OnnxPoolings.Mean,
        ["Pad"] = OnnxPoolings.Pad,

        ["Relu"] = OnnxActivations.Relu,
        ["LeakyRelu"] = OnnxActivations.LeakyRelu,
        ["Clip"] = OnnxActivations.Clip,
        ["Sigmoid"] = OnnxActivations.Sigmoid,
        ["HardSigmoid"] = OnnxActivations.HardSigmoid,
        ["HardSwish"] = OnnxActivations.HardSwish,
        ["Softmax"] = OnnxActivations.Softmax,

        ["BatchNormalization"] = OnnxArithmetic.BatchNormalisation,
        ["LRN"] = OnnxArithmetic.LocalResponseNormalisation,
        ["Add"] = OnnxArithmetic.Add,
        ["Sum"] = OnnxArithmetic.Add,
        ["Sub"] = OnnxArithmetic.Subtract,
        ["Mul"] = OnnxArithmetic.Multiply,
        ["Div"] = OnnxArithmetic.Divide,
        ["Concat"] = OnnxArithmetic.Concatenate,

        ["Identity"] = OnnxShapes.Identity,
        ["Dropout"] = OnnxShapes.Dropout,
        ["Cast"] = OnnxShapes.Cast,
        ["Constant"] = OnnxShapes.Constant,
        ["Flatten"] = OnnxShapes.Flatten,
        ["Reshape"] = OnnxShapes.Reshape,
        ["Squeeze"] = OnnxShapes.Squeeze,
        ["Unsqueeze"] = OnnxShapes.Unsqueeze,
        ["Transpose"] = OnnxShapes.Transpose,
        ["Shape"] = OnnxShapes.Shape,
        ["Gather"] = OnnxShapes.Gather,
        ["Slice"] = OnnxShapes.Slice,
    };

    /// <summary>The end of a sentence about one that is not among them: those that compute.</summary>
    public static string Supported { get; } =
        $"supported are {string.Join(", ", All.Where(one => one.Value.Method.DeclaringType != typeof(OnnxShapes)).Select(one => one.Key))}, and flattening";
}
