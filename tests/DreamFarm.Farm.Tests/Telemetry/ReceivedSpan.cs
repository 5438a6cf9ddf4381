using System.Text;
using Google.Protobuf;

namespace DreamFarm.Farm.Tests;

/// <summary>A span as a collector receives it.</summary>
/// <param name="Service">The resource's service.name.</param>
/// <param name="Parent">Empty for a root.</param>
/// <param name="Start">Nanoseconds since 1970, as <paramref name="End"/>.</param>
/// <param name="Links">Ids of the spans that it is linked to.</param>
internal sealed record ReceivedSpan(
    string Service, string Trace, string Id, string Parent, string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Links)
{
    /// <summary>Reads an ExportTraceServiceRequest (opentelemetry/proto/collector/trace/v1); the numbers are those of its fields.</summary>
    public static IEnumerable<ReceivedSpan> ReadAll(byte[] request)
    {
        foreach (var resourceSpans in Fields(request).Where(field => field.Number == 1))
        {
            var parts = Fields(resourceSpans.Bytes);
            var resource = ReadAttributes(Fields(parts.Single(field => field.Number == 1).Bytes), 1);
            foreach (var scope in parts.Where(field => field.Number == 2))
                foreach (var span in Fields(scope.Bytes).Where(field => field.Number == 2))
                    yield return Read(resource["service.name"], Fields(span.Bytes));
        }
    }

    private static ReceivedSpan Read(string service, List<Field> fields) => new(
        service, Hex(fields, 1), Hex(fields, 2), Hex(fields, 4), Encoding.UTF8.GetString(fields.Single(field => field.Number == 5).Bytes),
        fields.Single(field => field.Number == 7).Value, fields.Single(field => field.Number == 8).Value,
        ReadAttributes(fields, 9),
        [.. fields.Where(field => field.Number == 13).Select(link => Hex(Fields(link.Bytes), 2))]);

    private static string Hex(List<Field> fields, int number) => Convert.ToHexStringLower(fields.SingleOrDefault(field => field.Number == number).Bytes ?? []);

    private static Dictionary<string, string> ReadAttributes(List<Field> fields, int number) => fields.Where(field => field.Number == number).ToDictionary(
        field => Encoding.UTF8.GetString(Fields(field.Bytes).Single(part => part.Number == 1).Bytes),
        field => Fields(Fields(field.Bytes).Single(part => part.Number == 2).Bytes).Select(value => value.Number == 1 ? Encoding.UTF8.GetString(value.Bytes) : $"{value.Value}").Single());

    private static List<Field> Fields(byte[] message)
    {
        var fields = new List<Field>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            int number = WireFormat.GetTagFieldNumber(tag);
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => new Field(number, input.ReadUInt64(), []),
                WireFormat.WireType.Fixed64 => new Field(number, input.ReadFixed64(), []),
                WireFormat.WireType.Fixed32 => new Field(number, input.ReadFixed32(), []),
                _ => new Field(number, 0, input.ReadBytes().ToByteArray()),
            });
        }
        return fields;
    }

    private readonly record struct Field(int Number, ulong Value, byte[] Bytes);
}
