using System.Text.Json;
using System.Text.Json.Nodes;
using DreamFarm.Networks;

namespace DreamFarm.Training;

/// <summary>
/// All that a training needs to go on, in one .safetensors file of float32: parameters, statistics and momentum, and of which training they are.
/// It is the same training where the recipe, the classes, the network, the weights that it began with and the pictures are; device and threads may change.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string MetadataKey = "dreamfarm.checkpoint";
    private const string Momentum = "momentum.";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="iteration">Iterations that are done.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A number is infinite or not a number.</exception>
    public static void Save(string path, JsonObject identity, int iteration, IEnumerable<TensorValues> values, IEnumerable<(string Name, int[] Shape, float[] Values)> momentum)
    {
        var state = new JsonObject { ["iteration"] = iteration, ["training"] = identity.DeepClone() };
        try
        {
            SafetensorsWriter.Write(
                path,
                WeightElement.Float32,
                new Dictionary<string, string> { [MetadataKey] = state.ToJsonString() },
                [
                    .. values.Select(one => (one.Name, one.Shape, (ReadOnlyMemory<float>)one.Read())),
                    .. momentum.Select(one => (Momentum + one.Name, one.Shape, (ReadOnlyMemory<float>)one.Values)),
                ]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The checkpoint {path} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Reads a checkpoint into the values.</summary>
    /// <param name="setMomentum">Called for each value of which there is momentum.</param>
    /// <returns>The iterations that are done.</returns>
    /// <exception cref="TrainingException">It is no checkpoint, a damaged one, or one of another training.</exception>
    public static int Load(string path, JsonObject identity, IReadOnlyCollection<TensorValues> values, Action<string, float[]> setMomentum)
    {
        try
        {
            using var file = WeightFile.Open(path);
            if (!file.Metadata.TryGetValue(MetadataKey, out var json) || JsonNode.Parse(json, documentOptions: Strict) is not JsonObject state
                || state["iteration"] is not JsonValue done || !done.TryGetValue(out int iteration) || iteration < 0 || state["training"] is not JsonObject own)
                throw new TrainingException($"{path} is no checkpoint of a training; remove it to begin anew.");
            foreach (var (name, value) in identity)
            {
                if (!JsonNode.DeepEquals(value, own[name]))
                    throw new TrainingException($"{path} is a checkpoint of another training: its {name.Replace('_', ' ')} {Describe(own[name], value)}; train as before, or remove it to begin anew.");
            }

            if (values.FirstOrDefault(one => file.Tensors.GetValueOrDefault(one.Name) is not { } tensor || !tensor.Shape.SequenceEqual(one.Shape)) is { } missing)
                throw new TrainingException($"{path} is damaged: it lacks the tensor {missing.Name}; remove it to begin anew.");
            foreach (var one in values)
            {
                one.Write(file.Tensors[one.Name].ToArray());
                if (file.Tensors.GetValueOrDefault(Momentum + one.Name) is { } momentum && momentum.Shape.SequenceEqual(one.Shape))
                    setMomentum(one.Name, momentum.ToArray());
            }
            return iteration;
        }
        catch (WeightsException error)
        {
            throw new TrainingException($"The checkpoint {error.Message.TrimEnd('.')}; remove it to begin anew.", error);
        }
        catch (JsonException error)
        {
            throw new TrainingException($"{path} is no checkpoint of a training; remove it to begin anew.", error);
        }
    }

    private static string Describe(JsonNode? own, JsonNode? wanted) =>
        own is null or JsonValue && wanted is JsonValue ? $"is {own?.ToJsonString() ?? "missing"}, not {wanted!.ToJsonString()}" : "differ";
}
