using System.Buffers;

namespace Grpc.Core;

/// <summary>
/// Where a marshaller puts one message: either all of it by <see cref="Complete(byte[])"/>, or piece by piece into
/// <see cref="GetBufferWriter"/> and then <see cref="Complete()"/>.
/// </summary>
public abstract class SerializationContext
{
    /// <summary>Takes the whole message; the array must not change afterwards.</summary>
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    /// <summary>Where the message's bytes are written.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>States the message's length in bytes before <see cref="GetBufferWriter"/>, so that nothing has to be buffered.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Says that the whole message has been written.</summary>
    public virtual void Complete() => throw new NotImplementedException();
}
