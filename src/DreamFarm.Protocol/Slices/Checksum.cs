using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DreamFarm.Protocol;

/// <summary>CRC32C (Castagnoli; RFC 3720, appendix B.4) over header fields and data of a slice.</summary>
public struct Checksum
{
    private uint _crc;

    public Checksum() => _crc = uint.MaxValue;

    public readonly uint Value => ~_crc;

    /// <summary>A header field, as a little-endian int64.</summary>
    public void Add(long field) => _crc = BitOperations.Crc32C(_crc, (ulong)field);

    public void Add(ReadOnlySpan<byte> data)
    {
        uint crc = _crc;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(data))
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (byte rest in data[(data.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, rest);
        _crc = crc;
    }
}
