namespace DreamFarm.Coordinator;

/// <summary>Rows of a core's gradient on their way to the band that they belong to.</summary>
/// <param name="Top">First row, in canvas coordinates.</param>
/// <param name="Values">[rows][3][core columns] float16.</param>
[GenerateSerializer, Immutable]
internal sealed record HandedRows(int TileRow, int TileColumn, int Exponent, int Top, int Rows, PixelSlice Values);
