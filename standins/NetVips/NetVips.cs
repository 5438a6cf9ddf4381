namespace NetVips;

/// <summary>Settings of libvips as a whole.</summary>
public static class NetVips
{
    /// <summary>How many threads libvips starts for one image.</summary>
    public static int Concurrency
    {
        get => Native.vips_concurrency_get();
        set => Native.vips_concurrency_set(value);
    }
}
