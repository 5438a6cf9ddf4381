using DreamFarm.Imaging;

namespace DreamFarm.Fuzz;

/// <summary>An image's header, as a decoder reads it.</summary>
internal sealed class ImageTarget : IFuzzTarget
{
    // libvips reads files: here one in memory, where there is such a place.
    private readonly string _path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"dreamfarm-fuzz-{Environment.ProcessId}");

    public string Name => "image";

    public int Share => 2;

    /// <summary>The rest is the corpus': pictures are no text.</summary>
    public IEnumerable<byte[]> Seeds => [[]];

    public IReadOnlyList<string> Words => ["IHDR", "iCCP", "eXIf", "Exif\0\0II*\0", "RIFF", "WEBP", "VP8X", "VP8L", "ICC_PROFILE\0\u0001\u0001", "\u00ff\u00d8"];

    public void Run(byte[] input)
    {
        try
        {
            File.WriteAllBytes(_path, input);
            ImageReader.Inspect(_path);
        }
        catch (ImageException)
        {
            // One sentence, as documented.
        }
        finally
        {
            File.Delete(_path);
        }
    }
}
