using DreamFarm.Dreaming;

namespace DreamFarm.Engine;

/// <summary>A window's memory, which is the caller's.</summary>
/// <param name="Pixels">[h][3][w], k meaning k/32767.</param>
/// <param name="Core">Receives [ch][3][cw]; the gradient is value x 2^<see cref="WindowResult.Exponent"/>.</param>
internal readonly record struct LaneWindow(WindowShape Shape, ReadOnlyMemory<short> Pixels, Memory<Half> Core);
