namespace DreamFarm.Networks;

/// <summary>One item of an objective's text.</summary>
/// <param name="Kind">Of a term of the network; null for a pixel term.</param>
/// <param name="Share">What the kind is about; null where it stands alone, for the layers of --layers.</param>
/// <param name="Pixels">Name of a pixel term, or null.</param>
/// <param name="Weight">Of a pixel term.</param>
internal readonly record struct ObjectiveItem(ObjectiveKind? Kind, LayerShare? Share, string? Pixels, double Weight);
