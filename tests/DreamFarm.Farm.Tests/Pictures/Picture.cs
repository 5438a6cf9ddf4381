using System.Buffers.Binary;
using System.Text;
using DreamFarm.Imaging;

namespace DreamFarm.Farm.Tests;

/// <summary>Pictures that tests need, good and bad.</summary>
internal static class Picture
{
    /// <summary>Draws waves in three colours.</summary>
    public static Task DrawAsync(string path, int width, int height, ImageWriteOptions? options = null) => ImageWriter.WriteAsync(path, width, height, (first, rows, _) =>
    {
        for (int i = 0; i < rows.Length; i++)
            rows.Span[i] = Value(first, i, width);
        return ValueTask.CompletedTask;
    }, options);

    /// <summary>Draws the waves with an alpha channel that grows to the right.</summary>
    public static async Task DrawWithAlphaAsync(string path, int width, int height)
    {
        string samples = path + ".alpha";
        await File.WriteAllBytesAsync(samples, [.. Enumerable.Range(0, width * height).Select(i => (byte)(255 * (i % width) / width))]);
        using (var alpha = new RawAlpha(samples, width, height, 8))
            await DrawAsync(path, width, height, new ImageWriteOptions { Alpha = alpha });
        File.Delete(samples);
    }

    /// <summary>The same waves as a canvas, [rows][3][columns].</summary>
    public static short[] Canvas(int width, int height) => [.. Enumerable.Range(0, height * 3 * width).Select(i => Value(0, i, width))];

    /// <summary>A PNG whose header promises a size that its few bytes cannot hold.</summary>
    public static void WriteEmptyPng(string path, int width, int height)
    {
        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
        WriteChunk(file, "IEND", []);
    }

    private static short Value(int first, int i, int width)
    {
        int row = first + i / (3 * width), plane = i / width % 3, column = i % width;
        return (short)(24_000 * Math.Sin(0.13 * column + 0.07 * (plane + 1) * row) * Math.Cos(0.11 * row));
    }

    private static void WriteChunk(Stream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        file.Write(number);
    }

    private static uint Crc32(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
