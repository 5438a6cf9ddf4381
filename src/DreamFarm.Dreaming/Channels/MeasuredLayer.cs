namespace DreamFarm.Dreaming;

/// <summary>A layer whose activations are summed, channel by channel.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Channels">How many sums come of it.</param>
public readonly record struct MeasuredLayer(string Layer, int Channels);
