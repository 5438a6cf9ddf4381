namespace Grpc.Core;

/// <summary>How a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>More messages follow soon, so this one need not be sent at once.</summary>
    BufferHint = 0x1,

    /// <summary>Do not compress this message, even where the call compresses.</summary>
    NoCompress = 0x2,
}
