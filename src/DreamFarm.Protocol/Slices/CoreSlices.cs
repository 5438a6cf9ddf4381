using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;
using Google.Protobuf;

namespace DreamFarm.Protocol;

/// <summary>A core's gradient on its way back, as row slices.</summary>
public static class CoreSlices
{
    /// <summary>
    /// Cuts a core into messages, one at a time. They refer to <paramref name="values"/> and copy nothing: the memory must
    /// outlive the write of each.
    /// </summary>
    /// <param name="window">Id of the window that was asked for.</param>
    /// <param name="values">Bytes of [rows][3][columns] halves of the core.</param>
    /// <param name="laneSeconds">How long the window occupied a lane, seconds; 0 leaves the client to guess.</param>
    public static IEnumerable<CoreSlice> Split(long window, WindowShape shape, ReadOnlyMemory<byte> values, int exponent, double loss, double laneSeconds)
    {
        int rowBytes = 6 * shape.CoreWidth, most = SliceRows.PerSlice(rowBytes);
        for (int row = 0; row < shape.CoreHeight; row += most)
        {
            int rows = Math.Min(most, shape.CoreHeight - row);
            var data = values.Slice(row * rowBytes, rows * rowBytes);
            yield return new CoreSlice
            {
                Window = window,
                FirstRow = row,
                Rows = rows,
                Data = UnsafeByteOperations.UnsafeWrap(data),
                Exponent = exponent,
                Loss = loss,
                LaneSeconds = laneSeconds,
                Crc32C = Crc(window, row, rows, exponent, loss, laneSeconds, data.Span),
            };
        }
    }

    /// <summary>Whether a slice is as it was cut.</summary>
    public static bool IsIntact(this CoreSlice slice) =>
        Crc(slice.Window, slice.FirstRow, slice.Rows, slice.Exponent, slice.Loss, slice.LaneSeconds, slice.Data.Span) == slice.Crc32C;

    internal static uint Crc(long window, int firstRow, int rows, int exponent, double loss, double laneSeconds, ReadOnlySpan<byte> data)
    {
        var checksum = new Checksum();
        checksum.Add(window);
        checksum.Add(firstRow);
        checksum.Add(rows);
        checksum.Add(exponent);
        checksum.Add(BitConverter.DoubleToInt64Bits(loss));
        checksum.Add(BitConverter.DoubleToInt64Bits(laneSeconds));
        checksum.Add(data);
        return checksum.Value;
    }
}
