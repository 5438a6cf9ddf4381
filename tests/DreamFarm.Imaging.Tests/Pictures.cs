using System.Buffers.Binary;
using NetVips;

namespace DreamFarm.Imaging.Tests;

/// <summary>Canvases and image files that the tests make for themselves.</summary>
internal static class Pictures
{
    /// <summary>A smooth picture without symmetry: value of a pixel's plane in [-1, 1].</summary>
    public static float Smooth(int x, int y, int plane, int width, int height)
    {
        var (u, v) = ((x + 0.5f) / width, (y + 0.5f) / height);
        return plane switch
        {
            0 => 1.6f * u - 0.8f,
            1 => 1.6f * v - 0.8f,
            _ => 0.8f * MathF.Sin(3 * u + 2 * v),
        };
    }

    /// <summary>Delivers a picture as rows of a canvas.</summary>
    public static CanvasRowReader Rows(int width, int height, Func<int, int, int, float> value) => (first, rows, _) =>
    {
        var count = rows.Length / (3 * width);
        for (var i = 0; i < count; i++)
            for (var plane = 0; plane < 3; plane++)
                for (var x = 0; x < width; x++)
                    rows.Span[(i * 3 + plane) * width + x] = (short)MathF.Round(value(x, first + i, plane) * 32767);
        return ValueTask.CompletedTask;
    };

    /// <summary>Delivers the smooth picture.</summary>
    public static CanvasRowReader SmoothRows(int width, int height) =>
        Rows(width, height, (x, y, plane) => Smooth(x, y, plane, width, height));

    /// <summary>Writes the smooth picture to a file.</summary>
    public static Task WriteSmoothAsync(string path, int width, int height, ImageWriteOptions? options = null) =>
        ImageWriter.WriteAsync(path, width, height, SmoothRows(width, height), options, TestContext.Current.CancellationToken);

    /// <summary>Decodes a file; returns its header and the pixels as <c>[height][3][width]</c> in [-1, 1].</summary>
    public static async Task<(ImageInfo Info, float[] Pixels)> DecodeAsync(TestFolder folder, string path)
    {
        var (raw, alpha) = (folder["decoded.raw"], folder["decoded.alpha"]);
        var info = await ImageReader.DecodeAsync(path, raw, alpha, cancellationToken: TestContext.Current.CancellationToken);
        using var image = new RawImage(raw, info.Width, info.Height, info.BitsPerSample);
        var pixels = new float[info.Height * 3 * info.Width];
        image.ReadRows(0, info.Height, pixels);
        return (info, pixels);
    }

    /// <summary>An image of interleaved 8-bit samples.</summary>
    public static Image FromBytes(ReadOnlySpan<byte> samples, int width, int height, int bands, Enums.Interpretation meaning)
    {
        using var plain = Image.NewFromMemoryCopy(samples, width, height, bands, Enums.BandFormat.Uchar);
        return plain.Copy(interpretation: meaning);
    }

    /// <summary>The same JPEG with an EXIF segment that holds nothing but an orientation.</summary>
    public static byte[] WithOrientation(ReadOnlySpan<byte> jpeg, int orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, // big-endian TIFF, its directory at 8
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, // one entry: tag 0x112, one short
            0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    /// <summary>A PNG of a header alone, with its checksum.</summary>
    public static byte[] PngHeader(int width, int height)
    {
        var header = new byte[8 + 25];
        ((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]).CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 13);
        "IHDR"u8.CopyTo(header.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(20), height);
        (header[24], header[25]) = (8, 2);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(29), Crc32(header.AsSpan(12, 17)));
        // A data chunk that is announced and missing.
        return [.. header, 0, 0, 0, 100, (byte)'I', (byte)'D', (byte)'A', (byte)'T', 0x78, 0x9C];
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
