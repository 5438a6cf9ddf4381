namespace DreamFarm.Networks;

/// <summary>The opcodes of Python's pickle format that a file of tensors needs.</summary>
internal enum PickleOpcode : byte
{
    Proto = 0x80,
    Mark = (byte)'(',
    Stop = (byte)'.',
    BinInt = (byte)'J',
    BinInt1 = (byte)'K',
    BinInt2 = (byte)'M',
    Long1 = 0x8a,
    NewTrue = 0x88,
    NewFalse = 0x89,
    BinUnicode = (byte)'X',
    EmptyTuple = (byte)')',
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    Tuple = (byte)'t',
    EmptyDict = (byte)'}',
    SetItem = (byte)'s',
    SetItems = (byte)'u',
    BinPut = (byte)'q',
    LongBinPut = (byte)'r',
    BinGet = (byte)'h',
    LongBinGet = (byte)'j',
    Global = (byte)'c',
    Reduce = (byte)'R',
    Build = (byte)'b',
    BinPersId = (byte)'Q',

    // From here on: in files from before PyTorch 1.6 alone.
    None = (byte)'N',
    EmptyList = (byte)']',
    Append = (byte)'a',
    Appends = (byte)'e',
    ShortBinString = (byte)'U',
    BinString = (byte)'T',
}
