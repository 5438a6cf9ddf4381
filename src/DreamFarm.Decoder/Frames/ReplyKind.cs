namespace DreamFarm.Decoder;

/// <summary>How a decoder answers. The numbers are the frames' first bytes.</summary>
internal enum ReplyKind : byte
{
    /// <summary>It has started, is within its limits and waits for requests.</summary>
    Ready = 1,

    /// <summary>It was read; the answer says what it is.</summary>
    Read = 2,

    /// <summary>There is something wrong with the image; the text is the sentence.</summary>
    Refused = 3,

    /// <summary>Reading took more memory than there may be.</summary>
    OutOfMemory = 4,

    /// <summary>The decoded pixels could not be written; the text is the system's message.</summary>
    NotStored = 5,
}
