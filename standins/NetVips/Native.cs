using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>
/// The C functions of libvips, and of the GLib that it brings along: symbols of a library's own dependencies are
/// found through its handle, so one library name is enough.
/// </summary>
internal static unsafe partial class Native
{
    private const string Vips = "libvips.so.42";

    /// <summary>A GValue: a type tag and 16 bytes that only GLib looks into.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Value
    {
        internal nint Type;
        private long _first;
        private long _second;
    }

    /// <summary>The beginning of a GParamSpec, as far as the type of the property's values.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ParamSpec
    {
        internal nint Instance;
        internal nint Name;
        internal int Flags;
        internal nint ValueType;
    }

    // GLib's number of its own type int: the sixth, shifted by two.
    internal const nint TypeInt = 6 << 2;

    [LibraryImport(Vips)] internal static partial int vips_version(int flag);
    [LibraryImport(Vips)] internal static partial void g_free(nint memory);
    [LibraryImport(Vips)] internal static partial nint g_object_ref(nint instance);
    [LibraryImport(Vips)] internal static partial void g_object_unref(nint instance);
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial void g_object_set_property(nint instance, string name, ref Value value);
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial void g_object_get_property(nint instance, string name, ref Value value);
    [LibraryImport(Vips)] internal static partial nint g_value_init(ref Value value, nint type);
    [LibraryImport(Vips)] internal static partial void g_value_unset(ref Value value);
    [LibraryImport(Vips)] internal static partial void g_value_set_boolean(ref Value value, int content);
    [LibraryImport(Vips)] internal static partial void g_value_set_int(ref Value value, int content);
    [LibraryImport(Vips)] internal static partial void g_value_set_double(ref Value value, double content);
    [LibraryImport(Vips)] internal static partial int g_value_get_int(ref Value value);
    [LibraryImport(Vips)] internal static partial void g_value_set_enum(ref Value value, int content);
    [LibraryImport(Vips)] internal static partial int g_value_get_enum(ref Value value);
    [LibraryImport(Vips)] internal static partial void g_value_set_flags(ref Value value, uint content);
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial void g_value_set_string(ref Value value, string content);
    [LibraryImport(Vips)] internal static partial void g_value_set_object(ref Value value, nint content);
    [LibraryImport(Vips)] internal static partial nint g_value_get_object(ref Value value);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ulong g_signal_connect_data(
        nint instance, string signal, void* handler, nint data, delegate* unmanaged[Cdecl]<nint, nint, void> destroyData, int flags);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint g_log_set_handler(string domain, int levels, delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> handler, nint data);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial int vips_init(string program);
    [LibraryImport(Vips)] internal static partial nint vips_error_buffer();
    [LibraryImport(Vips)] internal static partial void vips_error_clear();
    [LibraryImport(Vips)] internal static partial void vips_error_freeze();
    [LibraryImport(Vips)] internal static partial void vips_error_thaw();
    [LibraryImport(Vips)] internal static partial int vips_concurrency_get();
    [LibraryImport(Vips)] internal static partial void vips_concurrency_set(int threads);
    [LibraryImport(Vips)] internal static partial int vips_cache_get_max();
    [LibraryImport(Vips)] internal static partial void vips_cache_set_max(int operations);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint vips_operation_new(string name);
    [LibraryImport(Vips)] internal static partial nint vips_cache_operation_build(nint operation);
    [LibraryImport(Vips)] internal static partial void vips_object_unref_outputs(nint operation);
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial int vips_object_set_from_string(nint instance, string text);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_object_get_argument(nint instance, string name, out ParamSpec* spec, out nint argumentClass, out nint argumentInstance);

    [LibraryImport(Vips)] internal static partial void vips_value_set_array_image(ref Value value, int count);
    [LibraryImport(Vips)] internal static partial nint* vips_value_get_array_image(ref Value value, out int count);
    [LibraryImport(Vips)] internal static partial void vips_value_set_array_double(ref Value value, double[] array, int count);
    [LibraryImport(Vips)] internal static partial nint vips_value_get_blob(ref Value value, out nuint length);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint vips_source_new_from_file(string path);
    [LibraryImport(Vips)] internal static partial nint vips_source_custom_new();
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint vips_target_new_to_file(string path);
    [LibraryImport(Vips)] internal static partial nint vips_foreign_find_load_source(nint source);
    [LibraryImport(Vips)] internal static partial nint vips_image_new_from_memory_copy(void* data, nuint size, int width, int height, int bands, int format);
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint vips_image_get_typeof(nint image, string name);
    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)] internal static partial int vips_image_get_int(nint image, string name, out int value);
    [LibraryImport(Vips)] internal static partial nint vips_region_new(nint image);
    [LibraryImport(Vips)] internal static partial nint vips_region_fetch(nint region, int left, int top, int width, int height, out nuint length);
}
