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
}

/// <summary>Names of all opcodes up to protocol 5, as Python's pickletools calls them, to refuse them by.</summary>
internal static class PickleOpcodeNames
{
    private static readonly Dictionary<byte, string> Names = new()
    {
        [(byte)'I'] = "INT", [(byte)'J'] = "BININT", [(byte)'K'] = "BININT1", [(byte)'M'] = "BININT2", [(byte)'L'] = "LONG",
        [0x8a] = "LONG1", [0x8b] = "LONG4", [(byte)'S'] = "STRING", [(byte)'T'] = "BINSTRING", [(byte)'U'] = "SHORT_BINSTRING",
        [(byte)'B'] = "BINBYTES", [(byte)'C'] = "SHORT_BINBYTES", [0x8e] = "BINBYTES8", [0x96] = "BYTEARRAY8", [0x97] = "NEXT_BUFFER",
        [0x98] = "READONLY_BUFFER", [(byte)'N'] = "NONE", [0x88] = "NEWTRUE", [0x89] = "NEWFALSE", [(byte)'V'] = "UNICODE",
        [0x8c] = "SHORT_BINUNICODE", [(byte)'X'] = "BINUNICODE", [0x8d] = "BINUNICODE8", [(byte)'F'] = "FLOAT", [(byte)'G'] = "BINFLOAT",
        [(byte)']'] = "EMPTY_LIST", [(byte)'a'] = "APPEND", [(byte)'e'] = "APPENDS", [(byte)'l'] = "LIST", [(byte)')'] = "EMPTY_TUPLE",
        [(byte)'t'] = "TUPLE", [0x85] = "TUPLE1", [0x86] = "TUPLE2", [0x87] = "TUPLE3", [(byte)'}'] = "EMPTY_DICT", [(byte)'d'] = "DICT",
        [(byte)'s'] = "SETITEM", [(byte)'u'] = "SETITEMS", [0x8f] = "EMPTY_SET", [0x90] = "ADDITEMS", [0x91] = "FROZENSET", [(byte)'0'] = "POP",
        [(byte)'2'] = "DUP", [(byte)'('] = "MARK", [(byte)'1'] = "POP_MARK", [(byte)'g'] = "GET", [(byte)'h'] = "BINGET",
        [(byte)'j'] = "LONG_BINGET", [(byte)'p'] = "PUT", [(byte)'q'] = "BINPUT", [(byte)'r'] = "LONG_BINPUT", [0x94] = "MEMOIZE",
        [0x82] = "EXT1", [0x83] = "EXT2", [0x84] = "EXT4", [(byte)'c'] = "GLOBAL", [0x93] = "STACK_GLOBAL", [(byte)'R'] = "REDUCE",
        [(byte)'b'] = "BUILD", [(byte)'i'] = "INST", [(byte)'o'] = "OBJ", [0x81] = "NEWOBJ", [0x92] = "NEWOBJ_EX", [0x80] = "PROTO",
        [(byte)'.'] = "STOP", [0x95] = "FRAME", [(byte)'P'] = "PERSID", [(byte)'Q'] = "BINPERSID",
    };

    public static string Of(byte opcode) => Names.TryGetValue(opcode, out var name) ? name : $"0x{opcode:X2} (unknown)";
}
