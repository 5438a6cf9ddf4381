using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>A file system of its own that a test can fill; needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Size = "128m";

    private readonly string _filler;

    private SmallDisk(string folder) => (Folder, _filler) = (folder, Path.Combine(folder, "filler"));

    public string Folder { get; }

    /// <summary>Null where nothing may be mounted.</summary>
    public static async Task<SmallDisk?> MountAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        return await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", folder) ? new SmallDisk(folder) : null;
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        using var file = new FileStream(_filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        // Large pieces, then small ones: whoever frees a block meanwhile does not keep it.
        foreach (int size in (int[])[1 << 20, 4 << 10])
        {
            var zeros = new byte[size];
            try
            {
                while (true)
                    file.Write(zeros);
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Clear() => File.Delete(_filler);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", Folder);

    private static async Task<bool> RunAsync(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
