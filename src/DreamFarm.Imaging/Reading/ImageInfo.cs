namespace DreamFarm.Imaging;

/// <summary>What an image file's header says, and what decoding it gives.</summary>
/// <param name="Format">JPEG, PNG, TIFF or WebP.</param>
/// <param name="Width">Columns in pixels, after the EXIF orientation.</param>
/// <param name="Height">Rows in pixels, after the EXIF orientation.</param>
/// <param name="BitsPerSample">8 or 16: what a decoded sample has.</param>
/// <param name="HasAlpha">Whether there is an alpha channel; it is decoded into a file of its own.</param>
/// <param name="HasProfile">Whether the file carries an ICC profile, from which decoding converts to sRGB.</param>
public sealed record ImageInfo(string Format, int Width, int Height, int BitsPerSample, bool HasAlpha, bool HasProfile);
