namespace DreamFarm.Networks;

/// <summary>The bytes of a weights file, wherever they lie. Safe to read from several threads.</summary>
internal interface IWeightBytes : IDisposable
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Size in bytes.</summary>
    long Length { get; }

    /// <summary>Fills the whole destination.</summary>
    /// <exception cref="WeightsException">The bytes are not there or cannot be read.</exception>
    void Read(long offset, Span<byte> destination);
}
