namespace NetVips;

/// <summary>Settings of libvips as a whole.</summary>
public static class NetVips
{
    /// <summary>Major (0), minor (1) or patch (2) number of libvips.</summary>
    public static int Version(int flag, bool fromModule = true) => Native.vips_version(flag);

    /// <summary>How many threads libvips starts for one image.</summary>
    public static int Concurrency
    {
        get => Native.vips_concurrency_get();
        set => Native.vips_concurrency_set(value);
    }
}
