namespace DreamFarm.Networks;

/// <summary>What a guide image's cells look like at one layer.</summary>
/// <param name="Cells">How many cells; at least 1.</param>
/// <param name="Channels">Channels of the layer.</param>
/// <param name="Values">[Cells][Channels].</param>
public sealed record GuidedLayer(int Cells, int Channels, ReadOnlyMemory<float> Values);
