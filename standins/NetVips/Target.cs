namespace NetVips;

/// <summary>Where a saver writes to.</summary>
public class Target : VipsObject
{
    private Target(nint pointer) : base(pointer)
    {
    }

    /// <summary>Creates or truncates a file.</summary>
    /// <exception cref="VipsException">The file could not be created.</exception>
    public static Target NewToFile(string filename)
    {
        var pointer = Native.vips_target_new_to_file(filename);
        return pointer != 0 ? new Target(pointer) : throw new VipsException($"can't create output target to filename {filename}");
    }
}
