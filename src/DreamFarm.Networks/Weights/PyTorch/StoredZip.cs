using System.Buffers.Binary;
using System.Text;

namespace DreamFarm.Networks;

/// <summary>
/// The table of contents of a zip archive whose entries are stored uncompressed, as torch.save writes them; their
/// bytes can then be read in place. Anything compressed is refused, so nothing can grow while it is read, and the
/// sizes in both of an entry's headers have to agree with each other and with the file.
/// </summary>
internal static class StoredZip
{
    private const int EndRecordBytes = 22;
    private const int LargestComment = ushort.MaxValue;
    private const int MaxDirectoryBytes = 8 << 20;
    private const uint LocalSignature = 0x04034b50;
    private const uint DirectorySignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const ushort Encrypted = 1;
    private const ushort SizesFollow = 8;

    public static Dictionary<string, ZipEntry> Read(IWeightBytes bytes)
    {
        var (start, length, count) = FindDirectory(bytes);
        var directory = new byte[length];
        bytes.Read(start, directory);

        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var spans = new List<(long Begin, long End, string Name)>();
        ReadOnlySpan<byte> rest = directory;
        for (long i = 0; i < count; i++)
        {
            var (entry, begin, size) = ReadEntry(bytes, rest, start);
            if (!entries.TryAdd(entry.Name, entry))
                throw new WeightsException(bytes.Name, $"its zip directory names \"{entry.Name}\" twice.");
            spans.Add((begin, entry.Offset + entry.Length, entry.Name));
            rest = rest[size..];
        }

        if (!rest.IsEmpty)
            throw Damaged(bytes);
        spans.Sort();
        for (var i = 1; i < spans.Count; i++)
        {
            if (spans[i].Begin < spans[i - 1].End)
                throw new WeightsException(bytes.Name, $"its zip entries \"{spans[i - 1].Name}\" and \"{spans[i].Name}\" overlap.");
        }

        return entries;
    }

    private static (long Start, int Length, long Count) FindDirectory(IWeightBytes bytes)
    {
        var tail = new byte[Math.Min(bytes.Length, EndRecordBytes + LargestComment)];
        bytes.Read(bytes.Length - tail.Length, tail);
        for (var at = tail.Length - EndRecordBytes; at >= 0; at--)
        {
            var record = tail.AsSpan(at);
            if (U32(record) != EndSignature || U16(record[20..]) != record.Length - EndRecordBytes)
                continue;
            var end = bytes.Length - tail.Length + at;
            var (count, length, start) = (U16(record[10..]), U32(record[12..]), U32(record[16..]));
            return count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue
                ? FindDirectory64(bytes, end)
                : Check(bytes, start, length, count, end);
        }

        throw new WeightsException(bytes.Name, "its zip directory is missing; the file was cut short.");
    }

    private static (long Start, int Length, long Count) FindDirectory64(IWeightBytes bytes, long end)
    {
        Span<byte> locator = stackalloc byte[20];
        Span<byte> record = stackalloc byte[56];
        if (end < locator.Length + record.Length)
            throw Damaged(bytes);
        bytes.Read(end - locator.Length, locator);
        var at = U64(locator[8..]);
        if (U32(locator) != Locator64Signature || at > (ulong)(end - locator.Length - record.Length))
            throw Damaged(bytes);
        bytes.Read((long)at, record);
        if (U32(record) != End64Signature)
            throw Damaged(bytes);
        return Check(bytes, U64(record[48..]), U64(record[40..]), U64(record[32..]), (long)at);
    }

    private static (long Start, int Length, long Count) Check(IWeightBytes bytes, ulong start, ulong length, ulong count, long end)
    {
        if (length > MaxDirectoryBytes)
            throw new WeightsException(bytes.Name, $"its zip directory claims {length} bytes; at most {MaxDirectoryBytes} are accepted.");
        if (start > (ulong)end || length > (ulong)end - start || count > length)
            throw Damaged(bytes);
        return ((long)start, (int)length, (long)count);
    }

    /// <summary>Reads the first record of <paramref name="rest"/> and checks it against the entry's own header.</summary>
    /// <returns>The entry, where its own header begins in the file, and the size of the directory's record.</returns>
    private static (ZipEntry Entry, long Begin, int Size) ReadEntry(IWeightBytes bytes, ReadOnlySpan<byte> rest, long dataEnd)
    {
        const int fixedBytes = 46;
        const int localBytes = 30;
        if (rest.Length < fixedBytes || U32(rest) != DirectorySignature)
            throw Damaged(bytes);
        var (flags, method) = (U16(rest[8..]), U16(rest[10..]));
        ulong compressed = U32(rest[20..]);
        ulong length = U32(rest[24..]);
        ulong begin = U32(rest[42..]);
        var (nameBytes, extraBytes, commentBytes) = (U16(rest[28..]), U16(rest[30..]), U16(rest[32..]));
        var size = fixedBytes + nameBytes + extraBytes + commentBytes;
        if (rest.Length < size)
            throw Damaged(bytes);
        var encodedName = rest.Slice(fixedBytes, nameBytes);
        var name = Encoding.UTF8.GetString(encodedName);
        if (!TryWiden(rest.Slice(fixedBytes + nameBytes, extraBytes), ref length, ref compressed, ref begin))
            throw Damaged(bytes);

        if ((flags & Encrypted) != 0)
            throw new WeightsException(bytes.Name, $"its zip entry \"{name}\" is encrypted.");
        if (method != 0)
            throw new WeightsException(bytes.Name, $"its zip entry \"{name}\" is compressed; torch.save stores its entries as they are, and only that is read.");
        if (compressed != length)
            throw new WeightsException(bytes.Name, $"its zip entry \"{name}\" claims {length} bytes in {compressed} stored ones.");

        Span<byte> local = stackalloc byte[localBytes + nameBytes];
        if (begin > (ulong)dataEnd || (ulong)dataEnd - begin < (ulong)local.Length)
            throw Damaged(bytes);
        bytes.Read((long)begin, local);
        var (localCompressed, localLength) = (U32(local[18..]), U32(local[22..]));
        var offset = begin + (ulong)local.Length + U16(local[28..]);
        if (U32(local) != LocalSignature || U16(local[26..]) != nameBytes || !local[localBytes..].SequenceEqual(encodedName) || U16(local[8..]) != method
            || !SameSize(localCompressed, length, flags) || !SameSize(localLength, length, flags))
            throw new WeightsException(bytes.Name, $"its zip entry \"{name}\" differs from what the zip directory says about it.");
        if (offset > (ulong)dataEnd || length > (ulong)dataEnd - offset)
            throw new WeightsException(bytes.Name, $"its zip entry \"{name}\" claims {length} bytes, more than the file has.");
        return (new ZipEntry(name, (long)offset, (long)length), (long)begin, size);
    }

    // The entry's own header may leave its sizes to a record behind the data, or to a zip64 field.
    private static bool SameSize(uint local, ulong length, ushort flags) =>
        local == length || local == uint.MaxValue || (local == 0 && (flags & SizesFollow) != 0);

    /// <summary>Takes the numbers that did not fit 32 bits from the zip64 field, where they stand in this order.</summary>
    private static bool TryWiden(ReadOnlySpan<byte> extra, ref ulong length, ref ulong compressed, ref ulong begin)
    {
        const ushort zip64 = 1;
        while (extra.Length >= 4)
        {
            var (kind, size) = (U16(extra), U16(extra[2..]));
            if (size > extra.Length - 4)
                return false;
            if (kind == zip64)
            {
                var numbers = extra.Slice(4, size);
                return TryTake(ref numbers, ref length) && TryTake(ref numbers, ref compressed) && TryTake(ref numbers, ref begin);
            }

            extra = extra[(4 + size)..];
        }

        return true;

        static bool TryTake(ref ReadOnlySpan<byte> numbers, ref ulong value)
        {
            if (value != uint.MaxValue)
                return true;
            if (numbers.Length < 8)
                return false;
            value = U64(numbers);
            numbers = numbers[8..];
            return true;
        }
    }

    private static WeightsException Damaged(IWeightBytes bytes) => new(bytes.Name, "its zip directory is damaged.");

    private static ushort U16(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt16LittleEndian(at);

    private static uint U32(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32LittleEndian(at);

    private static ulong U64(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt64LittleEndian(at);
}
