namespace NetVips;

/// <summary>The cache of recent operations that libvips keeps.</summary>
public static class Cache
{
    /// <summary>How many operations, and with them their images, the cache keeps.</summary>
    public static int Max
    {
        get => Native.vips_cache_get_max();
        set => Native.vips_cache_set_max(value);
    }
}
