namespace DreamFarm.Motifs;

/// <summary>Paints one pixel of a motif.</summary>
/// <param name="spot">Where the pixel lies.</param>
/// <param name="paint">Its colour: give it a tone first, then what is painted over it.</param>
public delegate void Brush(in Spot spot, ref Paint paint);
