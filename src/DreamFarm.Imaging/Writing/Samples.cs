using System.Buffers.Binary;

namespace DreamFarm.Imaging;

/// <summary>From the canvas' planes of k / 32767 to interleaved samples.</summary>
internal static class Samples
{
    // Tables are indexed by k taken as an unsigned number. The 8-bit one is computed in single precision, as the reference does.
    private static readonly byte[] _eight = [.. Enumerable.Range(0, 65536).Select(
        i => (byte)MathF.Round((Math.Clamp((short)i / 32767f, -1f, 1f) + 1f) * 127.5f, MidpointRounding.ToEven))];

    private static readonly Lazy<ushort[]> _sixteen = new(() => [.. Enumerable.Range(0, 65536).Select(
        i => (ushort)Math.Round((Math.Clamp((short)i / 32767.0, -1, 1) + 1) * 32767.5, MidpointRounding.ToEven))]);

    /// <summary>Converts one row to 8 bits: <c>round((v + 1) * 127.5)</c>, halves to even.</summary>
    public static void ToBytes(ReadOnlySpan<short> planes, Span<byte> samples)
    {
        var width = planes.Length / 3;
        var table = _eight;
        for (var plane = 0; plane < 3; plane++)
        {
            var row = planes.Slice(plane * width, width);
            for (int x = 0, i = plane; x < row.Length; x++, i += 3)
                samples[i] = table[(ushort)row[x]];
        }
    }

    /// <summary>Converts one row to 16 bits, big-endian: <c>round((v + 1) * 32767.5)</c>, halves to even.</summary>
    public static void ToBigEndian(ReadOnlySpan<short> planes, Span<byte> samples)
    {
        var width = planes.Length / 3;
        var table = _sixteen.Value;
        for (var plane = 0; plane < 3; plane++)
        {
            var row = planes.Slice(plane * width, width);
            for (int x = 0, i = 2 * plane; x < row.Length; x++, i += 6)
                BinaryPrimitives.WriteUInt16BigEndian(samples[i..], table[(ushort)row[x]]);
        }
    }
}
