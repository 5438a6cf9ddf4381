using System.Buffers.Binary;
using System.Security.Cryptography;
using DreamFarm.Networks;

namespace DreamFarm.Coordinator.Tests;

/// <summary>The built-in weights with spaces behind their header: the same numbers under another hash.</summary>
internal sealed class OtherMotif
{
    public OtherMotif(int spaces = 8)
    {
        using var builtIn = WeightFile.OpenBuiltIn(NetworkCatalog.Find("motif")!)!;
        var bytes = new byte[builtIn.PortableLength];
        builtIn.ReadPortable(0, bytes);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Bytes = [.. bytes.AsSpan(0, 8 + header), .. Enumerable.Repeat((byte)' ', spaces), .. bytes.AsSpan(8 + header)];
        BinaryPrimitives.WriteInt64LittleEndian(Bytes, header + spaces);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Bytes));
    }

    public byte[] Bytes { get; }

    public string Sha256 { get; }
}
