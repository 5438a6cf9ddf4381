namespace NetVips;

/// <summary>Where a loader reads from.</summary>
public class Source : VipsObject
{
    internal Source(nint pointer) : base(pointer)
    {
    }

    /// <summary>Opens a file; unlike <c>Image.NewFromFile</c> this never looks for options in the name.</summary>
    /// <exception cref="VipsException">The file could not be opened.</exception>
    public static Source NewFromFile(string filename)
    {
        var pointer = Native.vips_source_new_from_file(filename);
        return pointer != 0 ? new Source(pointer) : throw new VipsException($"can't create source from filename {filename}");
    }
}
