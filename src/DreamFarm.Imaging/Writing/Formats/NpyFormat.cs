using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DreamFarm.Imaging;

/// <summary>
/// NumPy's array file: the canvas itself, float32, <c>[3, H, W]</c>, values k / 32767. The planes lie one after the
/// other, so each strip is written at three places.
/// </summary>
internal sealed class NpyFormat() : OutputFormat("NumPy", int.MaxValue, ".npy")
{
    public override bool CarriesAlpha => false;

    public override bool KeepsCanvas => true;

    internal override async Task WriteAsync(string path, Canvas canvas, ImageWriteOptions options, CancellationToken cancellationToken)
    {
        var header = Header(canvas.Width, canvas.Height);
        var rowBytes = canvas.Width * sizeof(float);
        var planeBytes = (long)canvas.Height * rowBytes;
        var planes = new short[canvas.StripRows * 3 * canvas.Width];
        var bytes = new byte[canvas.StripRows * rowBytes];

        using var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, header.Length + 3 * planeBytes);
        await RandomAccess.WriteAsync(file, header, 0, cancellationToken);
        for (var first = 0; first < canvas.Height; first += canvas.StripRows)
        {
            var rows = Math.Min(canvas.StripRows, canvas.Height - first);
            await canvas.ReadRowsAsync(first, planes.AsMemory(0, rows * 3 * canvas.Width), cancellationToken);
            for (var plane = 0; plane < 3; plane++)
            {
                Convert(planes, plane, rows, canvas.Width, bytes);
                await RandomAccess.WriteAsync(
                    file, bytes.AsMemory(0, rows * rowBytes), header.Length + plane * planeBytes + (long)first * rowBytes, cancellationToken);
            }
        }
    }

    private static void Convert(ReadOnlySpan<short> planes, int plane, int rows, int width, Span<byte> bytes)
    {
        var floats = MemoryMarshal.Cast<byte, float>(bytes);
        for (var row = 0; row < rows; row++)
        {
            var from = planes.Slice((row * 3 + plane) * width, width);
            var to = floats.Slice(row * width, width);
            for (var x = 0; x < from.Length; x++)
                to[x] = from[x] / 32767f;
        }
    }

    /// <summary>Version 1.0 of the format: magic, header length, a Python dictionary padded to a multiple of 64 bytes.</summary>
    private static byte[] Header(int width, int height)
    {
        const int Prefix = 10;
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': (3, {height}, {width}), }}";
        var length = (Prefix + text.Length + 1 + 63) / 64 * 64;
        var header = new byte[length];
        header[0] = 0x93;
        "NUMPY\u0001\0"u8.CopyTo(header.AsSpan(1));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(length - Prefix));
        Encoding.ASCII.GetBytes(text.PadRight(length - Prefix - 1) + "\n").CopyTo(header, Prefix);
        return header;
    }
}
