using System.Buffers.Binary;
using System.IO.Compression;

namespace DreamFarm.Coordinator.Tests;

/// <summary>PNG files of black pixels: huge to decode, small to store.</summary>
internal static class FlatPng
{
    /// <summary>Writes 16-bit RGBA, 8 bytes a pixel.</summary>
    /// <param name="interlaced">An interlaced file has to be decoded as a whole before its first row is there.</param>
    public static void Write(string path, int width, int height, bool interlaced)
    {
        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (16, 6, interlaced ? (byte)1 : (byte)0);
        Chunk(file, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
            foreach (var (columns, rows) in interlaced ? Passes(width, height) : [(width, height)])
            {
                byte[] row = new byte[1 + columns * 8];
                for (int y = 0; y < rows; y++)
                    zlib.Write(row);
            }
        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
    }

    // Adam7: where each pass begins, and how far apart its pixels are.
    private static IEnumerable<(int Columns, int Rows)> Passes(int width, int height) =>
        new[] { (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2) }
            .Select(pass => ((width - pass.Item1 + pass.Item3 - 1) / pass.Item3, (height - pass.Item2 + pass.Item4 - 1) / pass.Item4));

    private static void Chunk(Stream file, ReadOnlySpan<byte> kind, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(kind);
        file.Write(data);
        uint crc = Crc(kind, data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc);
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> kind, byte[] data)
    {
        uint crc = ~0u;
        foreach (byte b in kind)
            crc = Next(crc, b);
        foreach (byte b in data)
            crc = Next(crc, b);
        return ~crc;
    }

    private static uint Next(uint crc, byte b)
    {
        crc ^= b;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
        return crc;
    }
}
