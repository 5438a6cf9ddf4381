using System.Globalization;

namespace DreamFarm.Farm.Tests;

/// <summary>A wall clock for one process that a test can move, by libfaketime; its monotonic clock goes on.</summary>
internal sealed class WallClock
{
    private readonly string _library;
    private readonly string _file;

    private WallClock(string library, string file)
    {
        (_library, _file) = (library, file);
        Move(TimeSpan.Zero);
    }

    /// <summary>Null where libfaketime is not installed.</summary>
    public static WallClock? Find(string file) =>
        Directory.Exists("/usr/lib") && Directory.EnumerateDirectories("/usr/lib", "*-linux-*")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists) is { } library
            ? new WallClock(library, file)
            : null;

    /// <summary>
    /// Variables for the process that is to have it; it looks at the file once a second. libfaketime reads the environment whenever any thread looks
    /// at the clock, and libvips sets VIPSHOME as it starts, if it is not set: now and then a coordinator's start died of the two.
    /// </summary>
    public string[] Environment =>
        [$"LD_PRELOAD={_library}", $"FAKETIME_TIMESTAMP_FILE={_file}", "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "VIPSHOME=/usr"];

    /// <summary>Sets the clock so far from the true time.</summary>
    public void Move(TimeSpan offset)
    {
        // Whole or not at all: the process reads it whenever it likes.
        File.WriteAllText(_file + ".part", string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
        File.Move(_file + ".part", _file, overwrite: true);
    }
}
