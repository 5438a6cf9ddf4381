namespace DreamFarm.Coordinator;

/// <summary>Where the files of jobs lie. The folder belongs to one coordinator at a time.</summary>
internal sealed class JobFiles(string dataFolder) : IDisposable
{
    private readonly string _jobs = Path.Combine(dataFolder, "jobs");
    private readonly string _temporary = Path.Combine(dataFolder, "temporary");
    private readonly string _decoders = Path.Combine(dataFolder, "decoders");
    private readonly FolderFlush _jobNames = new(() => DurableFile.FlushFolder(Path.Combine(dataFolder, "jobs")));
    private FileStream? _lock;

    /// <summary>All of them lie in it.</summary>
    public string DataFolder => dataFolder;

    /// <summary>The file that names the store whose jobs these files belong to.</summary>
    public string StoreName => Path.Combine(dataFolder, "store");

    /// <summary>The folder of the files that jobs share; see <see cref="AssetFiles"/>.</summary>
    public string Assets { get; } = Path.Combine(dataFolder, "assets");

    /// <summary>Takes the folder, makes what is missing in it, and clears what an earlier process left half done.</summary>
    /// <exception cref="IOException">The folder cannot be made, or another coordinator has it; the message names it.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(_jobs);
            Directory.CreateDirectory(Assets);
            _lock = Take(Path.Combine(dataFolder, "lock"));
            foreach (string left in (string[])[_temporary, _decoders])
                if (Directory.Exists(left))
                    Directory.Delete(left, recursive: true);
            Directory.CreateDirectory(_temporary);
            DurableFile.FlushFolder(dataFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the data folder {dataFolder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Lets another coordinator have the folder.</summary>
    public void Dispose() => _lock?.Dispose();

    /// <summary>A new name for a file or folder that is deleted or moved away before its maker returns.</summary>
    public string Temporary(string ending = "") => Path.Combine(_temporary, Guid.NewGuid().ToString("N") + ending);

    /// <summary>A new name for the working folder of a decoder.</summary>
    public string DecoderFolder() => Path.Combine(_decoders, Guid.NewGuid().ToString("N"));

    /// <summary>The job's folder.</summary>
    public string Folder(string job) => Path.Combine(_jobs, job);

    /// <summary>The names of all jobs that have a folder.</summary>
    public IEnumerable<string> ListFolders() => Directory.EnumerateDirectories(_jobs).Select(path => Path.GetFileName(path));

    /// <summary>Makes a temporary folder the job's. Its files must have been flushed; when this returns, all of it is durable.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public async Task AdoptAsync(string temporary, string job)
    {
        DurableFile.FlushFolder(temporary);
        Directory.Move(temporary, Folder(job));
        await _jobNames.FlushAsync();
    }

    /// <summary>Deletes all files of a job whose record is gone, or was never there; what a crash leaves of them goes at the next start.</summary>
    public void DeleteFolder(string job)
    {
        if (Directory.Exists(Folder(job)))
            Directory.Delete(Folder(job), recursive: true);
    }

    /// <summary>The finished canvas: rows of [3][width] int16, little-endian.</summary>
    public string Canvas(string job) => Path.Combine(Folder(job), "canvas.i16");

    /// <summary>The canvas while bands write their rows side by side.</summary>
    public string UnfinishedCanvas(string job) => DurableFile.Partial(Canvas(job));

    /// <summary>The folder of the job's checkpoints: see <see cref="JobCheckpoints"/>.</summary>
    public string Checkpoints(string job) => Path.Combine(Folder(job), "checkpoints");

    /// <summary>The input as it was uploaded. Like the two below, it lies in the job's folder, or in the temporary one that becomes it.</summary>
    public static string Input(string folder) => Path.Combine(folder, "input");

    /// <summary>The decoded input.</summary>
    public static string Pixels(string folder) => Path.Combine(folder, "input.raw");

    /// <summary>The decoded input's alpha channel, if it has one.</summary>
    public static string Alpha(string folder) => Path.Combine(folder, "input.alpha");

    /// <summary>Deletes what only a job that is yet to run needs, its checkpoints and the decoded input; the upload and the alpha channel stay.</summary>
    public void DeletePixels(string job)
    {
        new JobCheckpoints(this, job).DeleteAll();
        if (File.Exists(Pixels(Folder(job))))
            File.Delete(Pixels(Folder(job)));
    }

    /// <summary>Deletes what a run that was killed leaves half written; checkpoints are <see cref="JobCheckpoints"/>' affair.</summary>
    public void DeleteUnfinished(string job)
    {
        foreach (string path in (string[])[Canvas(job), Pixels(Folder(job)), Alpha(Folder(job))])
            if (File.Exists(DurableFile.Partial(path)))
                File.Delete(DurableFile.Partial(path));
    }

    // The system gives the file free with the process, however that ends.
    private FileStream Take(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException("another coordinator uses it; choose another folder with --data", e);
        }
    }
}
