using Grpc.Core;

namespace StandIns.Grpc.Wire;

/// <summary>Values of headers whose name ends in <c>-bin</c>: base64, with or without padding, several joined by commas.</summary>
internal static class BinaryHeader
{
    public static string Encode(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    /// <summary>Adds a header that came over the wire to metadata. Throws <see cref="FormatException"/> for bytes that are not base64.</summary>
    public static void AddTo(Metadata metadata, string name, string value)
    {
        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        foreach (var part in value.Split(','))
        {
            var base64 = part.Trim();
            metadata.Add(name, Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '=')));
        }
    }
}
