using System.Text;

namespace StandIns.Grpc.Wire;

/// <summary>The grpc-message header: UTF-8, with every byte that is not printable ASCII, and the percent sign, as %XX.</summary>
internal static class StatusMessage
{
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("X2"));
        }

        return encoded.ToString();
    }

    public static string Decode(string encoded) => Uri.UnescapeDataString(encoded);
}
