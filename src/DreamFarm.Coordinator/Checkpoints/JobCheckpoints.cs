using System.Globalization;
using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>
/// The checkpoints of a job on the disk, a folder each:
/// <code>
///   checkpoints/02-00007/band-0000.i16, band-0001.i16, ...   rows after 7 steps of the third octave, a file a band
///                        manifest.json                       written last: a folder without it is no checkpoint
/// </code>
/// </summary>
internal sealed class JobCheckpoints(JobFiles files, string job)
{
    private const int Kept = 2;

    private readonly string _folder = files.Checkpoints(job);

    /// <summary>Where a band writes its rows.</summary>
    public string Part(Position position, int band) => Path.Combine(Folder(position), string.Create(CultureInfo.InvariantCulture, $"band-{band:D4}.i16"));

    /// <summary>The folder that a checkpoint's parts are written to. Bands may ask for it at once.</summary>
    public void Prepare(Position position) => Directory.CreateDirectory(Folder(position));

    /// <summary>Makes a checkpoint of the parts that are on the disk, and lets go of those that are too many then.</summary>
    public async Task CommitAsync(CheckpointManifest manifest, CancellationToken cancellation)
    {
        string folder = Folder(manifest.Position);
        // Its parts' names, then its own, and only then the manifest that speaks of them.
        DurableFile.FlushFolder(folder);
        DurableFile.FlushFolder(_folder);
        DurableFile.FlushFolder(Path.GetDirectoryName(_folder)!);
        await DurableFile.WriteAsync(Manifest(folder), manifest.ToFile(), cancellation);
        foreach (var old in Positions().Where(position => position.CompareTo(manifest.Position) < 0).Skip(Kept - 1))
            Delete(old);
    }

    /// <summary>Positions that have a manifest, newest first.</summary>
    public IReadOnlyList<Position> Positions() => Directory.Exists(_folder)
        ? [.. Directory.EnumerateDirectories(_folder).Where(folder => File.Exists(Manifest(folder))).Select(Parse).OfType<Position>().OrderDescending()]
        : [];

    /// <summary>A checkpoint's manifest, if it is one of this job and spec.</summary>
    /// <returns>Null, and what is wrong with it.</returns>
    public CheckpointManifest? Read(Position position, Plan plan, string fingerprint, out string problem)
    {
        if (CheckpointManifest.Read(Manifest(Folder(position)), out problem) is not { } manifest)
            return null;
        problem = manifest.Job != job ? $"it belongs to job {manifest.Job}"
            : manifest.Fingerprint != fingerprint ? "it belongs to other settings"
            : manifest.Position != position ? "it lies in another's folder"
            : !Fits(manifest, plan) ? "its sizes are not those of the job"
            : "";
        return problem.Length == 0 ? manifest : null;
    }

    /// <summary>The newest one, as far as its manifest tells; null if there is none.</summary>
    public CheckpointManifest? Newest() =>
        Positions().Select(position => CheckpointManifest.Read(Manifest(Folder(position)), out _)).FirstOrDefault(manifest => manifest is not null);

    /// <summary>Deletes a checkpoint, or what there is of it.</summary>
    public void Delete(Position position)
    {
        string folder = Folder(position);
        if (!Directory.Exists(folder))
            return;
        // Absent at once, and not damaged for a while.
        File.Delete(Manifest(folder));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes what a crash has left half done.</summary>
    public void DeleteUnfinished()
    {
        if (!Directory.Exists(_folder))
            return;
        foreach (string folder in Directory.EnumerateDirectories(_folder).Where(folder => !File.Exists(Manifest(folder)) || Parse(folder) is null).ToArray())
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes all of them.</summary>
    public void DeleteAll()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static bool Fits(CheckpointManifest manifest, Plan plan)
    {
        if (manifest.Octave < 0 || manifest.Octave >= plan.Octaves.Count || manifest.Steps < 1 || manifest.Steps > plan.Spec.Steps)
            return false;
        var octave = plan.Octaves[manifest.Octave];
        return (manifest.Height, manifest.Width, manifest.Parts.Count) == (octave.Size.Height, octave.Size.Width, octave.Bands)
            && manifest.Parts.Select((part, band) => part.Bytes == 6L * octave.Size.Width * octave.BandAt(band).Rows).All(right => right);
    }

    private static string Manifest(string folder) => Path.Combine(folder, "manifest.json");

    private static Position? Parse(string folder)
    {
        string[] parts = Path.GetFileName(folder).Split('-');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int octave)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int steps)
            ? new Position(octave, steps)
            : null;
    }

    private string Folder(Position position) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{position.Octave:D2}-{position.Steps:D5}"));
}
