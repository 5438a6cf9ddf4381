namespace DreamFarm.Coordinator;

/// <summary>Where the files of jobs lie. Silos of one cluster share the folder.</summary>
internal sealed class JobFiles(string dataFolder)
{
    private readonly string _temporary = Path.Combine(dataFolder, "temporary");

    /// <summary>Makes the folders, and clears what an earlier process left half done.</summary>
    /// <exception cref="IOException">A folder cannot be made; the message names it.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(dataFolder, "jobs"));
            if (Directory.Exists(_temporary))
                Directory.Delete(_temporary, recursive: true);
            Directory.CreateDirectory(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the data folder {dataFolder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>A new name for a file or folder that is deleted or moved away before its maker returns.</summary>
    public string Temporary(string ending = "") => Path.Combine(_temporary, Guid.NewGuid().ToString("N") + ending);

    /// <summary>The job's folder.</summary>
    public string Folder(string job) => Path.Combine(dataFolder, "jobs", job);

    /// <summary>The finished canvas: rows of [3][width] int16, little-endian.</summary>
    public string Canvas(string job) => Path.Combine(Folder(job), "canvas.i16");

    /// <summary>The canvas while bands write their rows side by side.</summary>
    public string UnfinishedCanvas(string job) => Path.Combine(Folder(job), "canvas.part");

    /// <summary>Deletes what only a job that is yet to run needs, the decoded input; its upload stays.</summary>
    /// <param name="keepAlpha">Whether results still need the alpha channel.</param>
    public void DeletePixels(string job, bool keepAlpha)
    {
        File.Delete(Pixels(Folder(job)));
        if (!keepAlpha)
            File.Delete(Alpha(Folder(job)));
    }

    /// <summary>Names within the job's folder, and within the temporary folder that becomes it.</summary>
    public static string Input(string folder) => Path.Combine(folder, "input");

    /// <summary>The decoded input.</summary>
    public static string Pixels(string folder) => Path.Combine(folder, "input.raw");

    /// <summary>The decoded input's alpha channel, if it has one.</summary>
    public static string Alpha(string folder) => Path.Combine(folder, "input.alpha");
}
