namespace NetVips;

/// <summary>Starts libvips when the assembly is first used, and keeps why that failed.</summary>
public static class ModuleInitializer
{
    /// <summary>Whether libvips was found and started.</summary>
    public static bool VipsInitialized;

    /// <summary>Why libvips could not be started.</summary>
    public static Exception? Exception;

    /// <summary>Starts libvips; called once, by the runtime.</summary>
#pragma warning disable CA2255 // The official package starts libvips this way, and callers read the fields above.
    [System.Runtime.CompilerServices.ModuleInitializer]
#pragma warning restore CA2255
    public static void Initialize()
    {
        try
        {
            VipsInitialized = Native.vips_init("NetVips") == 0;
            if (!VipsInitialized)
                Exception = new VipsException("unable to initialize libvips");
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            Exception = e;
        }
    }
}
