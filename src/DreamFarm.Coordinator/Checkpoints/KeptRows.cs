namespace DreamFarm.Coordinator;

/// <summary>What a band has written of a checkpoint.</summary>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Checksum">CRC32C: see <see cref="CheckpointPart"/>.</param>
/// <param name="NumericsClass">That the job has taken on the band's silo; empty before.</param>
[GenerateSerializer, Immutable]
internal sealed record KeptRows(long Bytes, uint Checksum, string NumericsClass);
