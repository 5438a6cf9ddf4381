namespace DreamFarm.Networks;

/// <summary>Where an uncompressed entry's bytes lie in the archive.</summary>
internal readonly record struct ZipEntry(string Name, long Offset, long Length);
