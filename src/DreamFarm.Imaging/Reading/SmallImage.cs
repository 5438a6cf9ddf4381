namespace DreamFarm.Imaging;

/// <summary>An image that was decoded no larger than it was needed.</summary>
/// <param name="Source">What the file's header says.</param>
/// <param name="Width">Columns that are left.</param>
/// <param name="Height">Rows that are left.</param>
/// <param name="Planes">sRGB, <c>[3][Height][Width]</c>: R, G, B.</param>
public sealed record SmallImage(ImageInfo Source, int Width, int Height, byte[] Planes);
