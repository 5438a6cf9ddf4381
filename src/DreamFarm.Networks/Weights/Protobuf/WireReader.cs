using System.Text;

namespace DreamFarm.Networks;

/// <summary>
/// Walks through protobuf in a file, field by field, with one small buffer: what is skipped is not read. Offsets are 64-bit, and
/// nothing is believed that does not lie in the file.
/// </summary>
/// <param name="kind">What the file is to be, for messages.</param>
internal sealed class WireReader(IWeightBytes bytes, string kind)
{
    private const int LongestText = 256;

    private readonly byte[] _buffer = new byte[(int)Math.Min(bytes.Length, 64 * 1024)];
    private long _bufferStart;
    private int _buffered;

    /// <summary>Bytes from the file's start.</summary>
    public long Position { get; private set; }

    /// <summary>The next field of a message, or false at the message's end.</summary>
    /// <param name="end">Where the message ends, bytes from the file's start.</param>
    public bool TryReadField(long end, out long field, out WireType type)
    {
        (field, type) = (0, 0);
        if (Position == end)
            return false;
        var tag = ReadVarint(end);
        (field, type) = ((long)(tag >> 3), (WireType)(tag & 7));
        return field is > 0 and < 1 << 29 && type is WireType.Varint or WireType.Fixed64 or WireType.Block or WireType.Fixed32 ? true : throw Damaged();
    }

    public ulong ReadVarint(long end)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte(end);
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Damaged();
    }

    /// <summary>The bits of a number of 4 or 8 bytes.</summary>
    public ulong ReadFixed(WireType type, long end)
    {
        ulong value = 0;
        for (var shift = 0; shift < (type == WireType.Fixed64 ? 64 : 32); shift += 8)
            value |= (ulong)ReadByte(end) << shift;
        return value;
    }

    /// <summary>The end of the text, message or packed numbers that begin at the position then.</summary>
    public long ReadBlock(long end)
    {
        var length = ReadVarint(end);
        return length <= (ulong)(end - Position) ? Position + (long)length : throw Damaged();
    }

    public string ReadText(long end)
    {
        var textEnd = ReadBlock(end);
        if (textEnd - Position > LongestText)
            throw new WeightsException(bytes.Name, $"a name in it has {textEnd - Position} bytes; at most {LongestText} are accepted.");
        Span<byte> text = stackalloc byte[(int)(textEnd - Position)];
        foreach (ref var letter in text)
            letter = ReadByte(textEnd);
        return Encoding.UTF8.GetString(text);
    }

    public void Skip(WireType type, long end)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint(end);
                break;
            case WireType.Block:
                Position = ReadBlock(end);
                break;
            default:
                SkipTo(Position + (type == WireType.Fixed64 ? 8 : 4), end);
                break;
        }
    }

    public void SkipTo(long position, long end) => Position = position <= end ? position : throw Damaged();

    public WeightsException Damaged() => new(bytes.Name, $"it is no {kind}, or one that is damaged near byte {Position}.");

    private byte ReadByte(long end)
    {
        if (Position >= end)
            throw Damaged();
        if (Position < _bufferStart || Position >= _bufferStart + _buffered)
        {
            _bufferStart = Position;
            _buffered = (int)Math.Min(_buffer.Length, bytes.Length - Position);
            bytes.Read(Position, _buffer.AsSpan(0, _buffered));
        }

        return _buffer[(int)(Position++ - _bufferStart)];
    }
}
