using System.Runtime.InteropServices;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>libtorch's start, before anything else asks for it.</summary>
public static class Libtorch
{
    /// <summary>TorchSharp's library, which needs libtorch.</summary>
    private const string Binding = "LibTorchSharp";

    private static readonly Lazy<string> _version = new(LoadOnce);

    /// <summary>Loads libtorch, if nobody has yet.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="LibtorchException">It is not there, or this system is too old for it.</exception>
    public static string Load() => _version.Value;

    /// <summary>Why it does not load. The runtime has a line for each place where it looked: the one where something was amiss counts.</summary>
    internal static string Reason(Exception error)
    {
        string[] lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (error is not DllNotFoundException)
            return lines[0].TrimEnd('.');
        // A place without the file begins with its path. A library that is there, but without one that it needs, begins with the other's name.
        return lines.Skip(1).FirstOrDefault(line => !(line.StartsWith('/') && line.Contains(": cannot open shared object file")))
            ?? "it is not beside the program; the coordinator's image, for one, has none";
    }

    private static string LoadOnce()
    {
        // TorchSharp tells a page of where it has looked, on the standard output, which is for results.
        var output = Console.Out;
        Console.SetOut(TextWriter.Null);
        try
        {
            return torch.__version__;
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new LibtorchException($"libtorch cannot be used on this machine: {Reason(Loader(error.GetBaseException()))}", error);
        }
        finally
        {
            Console.SetOut(output);
        }
    }

    // TorchSharp keeps the system's words to itself.
    private static Exception Loader(Exception error)
    {
        if (error is DllNotFoundException)
            return error;
        try
        {
            NativeLibrary.Load(Binding, typeof(torch).Assembly, null);
            return error;
        }
        catch (Exception loader) when (loader is DllNotFoundException or BadImageFormatException)
        {
            return loader;
        }
    }
}
