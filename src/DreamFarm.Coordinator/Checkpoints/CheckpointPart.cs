using System.Runtime.InteropServices;
using DreamFarm.Dreaming;
using DreamFarm.Protocol;

namespace DreamFarm.Coordinator;

/// <summary>
/// One band's file of a checkpoint: its rows of [3][width] int16, little-endian, without a header. The checksum is CRC32C over
/// octave, steps and band, as int64, and the file: a file in another's place shows.
/// </summary>
internal static class CheckpointPart
{
    private const int SliceBytes = 1 << 20;

    // Written out now and then, so that no heap of dirty pages makes the system hold up everybody who writes.
    private const int SyncBytes = 16 << 20;

    /// <summary>Writes a band's rows, and returns when they are on the disk. The canvas must not ascend meanwhile.</summary>
    /// <exception cref="IOException">The disk has no room, or fails.</exception>
    public static (long Bytes, uint Checksum) Write(string path, Position position, CanvasBand band, int width, CancellationToken cancellation)
    {
        int rowBytes = 6 * width;
        long length = (long)band.Band.Rows * rowBytes;
        int fit = Math.Clamp(SliceBytes / rowBytes, 1, band.Band.Rows);
        var checksum = Begin(position, band.Band.Index);
        var buffer = GC.AllocateUninitializedArray<byte>(fit * rowBytes);
        // Room is reserved at once, so that a full disk shows before the first row.
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, preallocationSize: length);
        long written = 0, synced = 0;
        for (int row = band.Band.Top; row < band.Band.End; row += fit)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(fit, band.Band.End - row);
            var bytes = buffer.AsSpan(0, count * rowBytes);
            band.ReadRows(row, count, MemoryMarshal.Cast<byte, short>(bytes));
            checksum.Add(bytes);
            RandomAccess.Write(file, bytes, written);
            written += bytes.Length;
            if (written - synced < SyncBytes)
                continue;
            RandomAccess.FlushToDisk(file);
            synced = written;
        }
        RandomAccess.FlushToDisk(file);
        return (length, checksum.Value);
    }

    /// <summary>Reads a band's rows, and whether they are what was written.</summary>
    /// <exception cref="JobProblem">The file is missing, cannot be read, or is not what was written.</exception>
    public static void Read(string path, Position position, int band, uint expected, Span<short> rows, CancellationToken cancellation)
    {
        var checksum = Begin(position, band);
        var left = MemoryMarshal.AsBytes(rows);
        try
        {
            using var file = File.OpenHandle(path);
            if (RandomAccess.GetLength(file) != left.Length)
                throw new JobProblem($"its part {band + 1} has {RandomAccess.GetLength(file)} bytes instead of {left.Length}");
            for (long offset = 0; left.Length > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                int read = RandomAccess.Read(file, left[..Math.Min(left.Length, SliceBytes)], offset);
                if (read == 0)
                    throw new JobProblem($"its part {band + 1} was cut short while it was read");
                checksum.Add(left[..read]);
                left = left[read..];
                offset += read;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new JobProblem($"its part {band + 1} is missing", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobProblem($"its part {band + 1} cannot be read: {DiskReason.Of(e)}", e);
        }
        if (checksum.Value != expected)
            throw new JobProblem($"its part {band + 1} has other bytes than were written");
    }

    private static Checksum Begin(Position position, int band)
    {
        var checksum = new Checksum();
        checksum.Add(position.Octave);
        checksum.Add(position.Steps);
        checksum.Add(band);
        return checksum;
    }
}
