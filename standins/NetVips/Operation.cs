using System.Runtime.InteropServices;

namespace NetVips;

/// <summary>Calls one of libvips' operations by name: sets its arguments as GObject properties, builds it, takes its result.</summary>
internal static unsafe class Operation
{
    /// <summary>Calls an operation that makes an image.</summary>
    internal static Image CallForImage(string name, params ReadOnlySpan<(string Name, object? Value)> arguments) =>
        CallForImage(name, "", arguments);

    /// <summary>Calls an operation that makes an image, with further arguments as text such as <c>[shrink=2]</c>.</summary>
    internal static Image CallForImage(string name, string options, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var operation = Build(name, arguments, options);
        var value = Get(operation, "out");
        // The value holds a reference that ends with it; the image needs one of its own.
        var pointer = Native.g_object_ref(Native.g_value_get_object(ref value));
        Release(operation, ref value);
        return new Image(pointer);
    }

    /// <summary>Calls an operation that writes into memory.</summary>
    internal static byte[] CallForBuffer(string name, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var operation = Build(name, arguments);
        var value = Get(operation, "buffer");
        var data = Native.vips_value_get_blob(ref value, out var length);
        var bytes = new byte[checked((int)length)];
        Marshal.Copy(data, bytes, 0, bytes.Length);
        Release(operation, ref value);
        return bytes;
    }

    /// <summary>Calls an operation that gives nothing back.</summary>
    internal static void Call(string name, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var operation = Build(name, arguments);
        Native.vips_object_unref_outputs(operation);
        Native.g_object_unref(operation);
    }

    /// <summary>Reads a whole number or an enumeration from an object's property.</summary>
    internal static int GetNumber(nint instance, string name)
    {
        var value = Get(instance, name);
        var number = value.Type == Native.TypeInt ? Native.g_value_get_int(ref value) : Native.g_value_get_enum(ref value);
        Native.g_value_unset(ref value);
        return number;
    }

    private static nint Build(string name, ReadOnlySpan<(string Name, object? Value)> arguments, string options = "")
    {
        var operation = Native.vips_operation_new(name);
        if (operation == 0)
            throw new VipsException($"no such operation {name}");
        try
        {
            if (options.Length > 0 && Native.vips_object_set_from_string(operation, options) != 0)
                throw new VipsException($"unable to call {name} with {options}");
            foreach (var (argument, value) in arguments)
                if (value is not null)
                    Set(operation, argument, value);

            var built = Native.vips_cache_operation_build(operation);
            if (built != 0)
                return built;
            Native.vips_object_unref_outputs(operation);
            throw new VipsException($"unable to call {name}");
        }
        finally
        {
            Native.g_object_unref(operation);
        }
    }

    private static void Set(nint operation, string name, object content)
    {
        Native.Value value = default;
        Native.g_value_init(ref value, TypeOf(operation, name));
        switch (content)
        {
            case bool yes: Native.g_value_set_boolean(ref value, yes ? 1 : 0); break;
            case int number when value.Type == Native.TypeInt: Native.g_value_set_int(ref value, number); break;
            case double real: Native.g_value_set_double(ref value, real); break;
            case uint flags: Native.g_value_set_flags(ref value, flags); break;
            case string text: Native.g_value_set_string(ref value, text); break;
            case double[] numbers: Native.vips_value_set_array_double(ref value, numbers, numbers.Length); break;
            case VipsObject instance: Native.g_value_set_object(ref value, instance.Pointer); break;
            case Image[] images:
                Native.vips_value_set_array_image(ref value, images.Length);
                var pointers = Native.vips_value_get_array_image(ref value, out _);
                for (var i = 0; i < images.Length; i++)
                    pointers[i] = Native.g_object_ref(images[i].Pointer);
                break;
            default: Native.g_value_set_enum(ref value, Convert.ToInt32(content)); break;
        }
        Native.g_object_set_property(operation, name, ref value);
        Native.g_value_unset(ref value);
    }

    private static Native.Value Get(nint instance, string name)
    {
        Native.Value value = default;
        Native.g_value_init(ref value, TypeOf(instance, name));
        Native.g_object_get_property(instance, name, ref value);
        return value;
    }

    private static nint TypeOf(nint instance, string name) =>
        Native.vips_object_get_argument(instance, name, out var spec, out _, out _) == 0
            ? spec->ValueType
            : throw new VipsException($"no argument {name}");

    private static void Release(nint operation, ref Native.Value value)
    {
        Native.g_value_unset(ref value);
        Native.vips_object_unref_outputs(operation);
        Native.g_object_unref(operation);
    }
}
