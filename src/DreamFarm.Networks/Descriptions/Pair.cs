using System.Text.Json;
using System.Text.Json.Serialization;

namespace DreamFarm.Networks;

/// <summary>A number for each axis of an image; a single number stands for both.</summary>
/// <param name="Rows">Along the height.</param>
/// <param name="Columns">Along the width.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct Pair(int Rows, int Columns)
{
    /// <summary>The same for both axes.</summary>
    public static implicit operator Pair(int both) => new(both, both);

    /// <summary>In JSON an array of two numbers, or one number for both.</summary>
    private sealed class Converter : JsonConverter<Pair>
    {
        public override Pair Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number)
                return reader.GetInt32();
            return JsonSerializer.Deserialize<int[]>(ref reader, options) is [int rows, int columns]
                ? new(rows, columns)
                : throw new JsonException("A pair is one number or an array of two.");
        }

        public override void Write(Utf8JsonWriter writer, Pair value, JsonSerializerOptions options)
        {
            if (value.Rows == value.Columns)
            {
                writer.WriteNumberValue(value.Rows);
                return;
            }
            writer.WriteStartArray();
            writer.WriteNumberValue(value.Rows);
            writer.WriteNumberValue(value.Columns);
            writer.WriteEndArray();
        }
    }
}
