namespace DreamFarm.Networks;

/// <summary>Numbers at equal distances in a .caffemodel: side by side where they are packed, with a field's tag before each where not.</summary>
/// <param name="Offset">Of the first one, bytes from the file's start.</param>
/// <param name="Count">How many.</param>
/// <param name="Size">Of a number, bytes.</param>
/// <param name="Stride">From one to the next, bytes.</param>
internal readonly record struct CaffeRun(long Offset, long Count, int Size, int Stride)
{
    public long Bytes => Count * Size;

    public long End => Offset + (Count * Stride);
}
