using System.Security.Cryptography;
using System.Text;
using DreamFarm.Imaging;

namespace DreamFarm.Training;

/// <summary>
/// A user's own pictures: a folder that holds a folder for each class. They are decoded once, shrunk to what training can use, and kept in a
/// temporary file. An eighth of each class is set aside to measure on; which, the seed decides.
/// </summary>
public sealed class PictureFolder : IDisposable
{
    /// <summary>With fewer pictures of a class, none of them can be set aside.</summary>
    public const int FewestOfClass = 8;

    /// <summary>One picture of this many measures what the others have taught.</summary>
    private const int Split = 8;

    private readonly PictureStore _store;

    private PictureFolder(PictureStore store, IReadOnlyList<string> classes, StoredPicture[] pictures, ulong seed, IReadOnlyList<string> leftOut)
    {
        (_store, Classes, LeftOut) = (store, classes, leftOut);
        var aside = SetAside(pictures, seed);
        var identity = IdentityOf(classes, pictures);
        Training = new FolderPictures(store, classes, pictures.Where(picture => !aside.Contains(picture)), identity);
        Validation = new FolderPictures(store, classes, pictures.Where(aside.Contains), identity);
    }

    /// <summary>The folders' names, sorted by code point.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What is to be learned from.</summary>
    public FolderPictures Training { get; }

    /// <summary>What is to be measured on: at least one picture of each class.</summary>
    public FolderPictures Validation { get; }

    /// <summary>A sentence for each file that is not used: unreadable, too small, the same as another one of its class, or outside the classes' folders.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>Reads a folder on all processors.</summary>
    /// <param name="folder">Holds a folder for each class, in which pictures may lie at any depth.</param>
    /// <param name="crop">Side of the square that the network sees, pixels: smaller pictures are left out.</param>
    /// <param name="side">The shorter side of a picture shrinks to this, at least <paramref name="crop"/>; the longer one is cut to 3:2.</param>
    /// <param name="seed">Decides which pictures are set aside.</param>
    /// <param name="progress">Called from several threads; null for nobody.</param>
    /// <param name="cancellation">Ends it between pictures.</param>
    /// <exception cref="FolderException">No network can be trained on it; one sentence why.</exception>
    public static Task<PictureFolder> ReadAsync(
        string folder, int crop, int side, ulong seed, IProgress<FolderProgress>? progress, CancellationToken cancellation) =>
        Task.Run(() => Read(folder, crop, side, seed, progress, cancellation), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private static PictureFolder Read(string folder, int crop, int side, ulong seed, IProgress<FolderProgress>? progress, CancellationToken cancellation)
    {
        var listing = FolderListing.Of(folder);
        var store = PictureStore.Create();
        try
        {
            // A class that cannot have enough pictures is told before any is decoded.
            CheckCounts(folder, listing.Classes, listing.Files.Select(file => file.Label), []);

            var pictures = new StoredPicture?[listing.Files.Count];
            var problems = new string?[listing.Files.Count];
            var done = 0;
            Parallel.For(0, pictures.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                (pictures[i], problems[i]) = ReadOne(store, listing.Files[i].Path, listing.Files[i].Label, crop, side, cancellation);
                progress?.Report(new FolderProgress(Interlocked.Increment(ref done), pictures.Length));
            });

            LeaveOutCopies(listing.Files, pictures, problems);
            string[] leftOut = [.. problems.OfType<string>(), .. listing.Stray.Select(path => $"{path} lies in the folder of no class")];
            StoredPicture[] used = [.. pictures.OfType<StoredPicture>()];
            CheckCounts(folder, listing.Classes, used.Select(picture => picture.Picture.Label), leftOut);
            return new PictureFolder(store, listing.Classes, used, seed, leftOut);
        }
        catch (AggregateException e)
        {
            store.Dispose();
            // The store is full for one thread and, a moment later, for the others.
            throw e.InnerExceptions.OfType<FolderException>().FirstOrDefault() ?? (Exception)e;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static (StoredPicture?, string?) ReadOne(PictureStore store, string path, int label, int crop, int side, CancellationToken cancellation)
    {
        try
        {
            // What has no length can be something that is no file and never ends, or waits for ever, such as a pipe.
            var file = new FileInfo(path);
            if ((file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length == 0)
                return (null, $"{path} is empty");
            const double longest = 1.5;
            var small = ImageReader.ReadSmall(path, side, (int)(longest * side), cancellationToken: cancellation);
            if (Math.Min(small.Width, small.Height) < crop)
                return (null, $"{path} is {small.Source.Width}x{small.Source.Height} pixels, smaller than the {crop}x{crop} that the network looks at");
            return (new StoredPicture(new Picture(label, small.Height, small.Width), store.Add(small.Planes), SHA256.HashData(small.Planes)), null);
        }
        catch (ImageException e)
        {
            return (null, e.Message.TrimEnd('.'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} could not be read: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Leaves one of each class's pictures that are the same: one that was learned from would measure nothing.</summary>
    private static void LeaveOutCopies(IReadOnlyList<(string Path, int Label)> files, StoredPicture?[] pictures, string?[] problems)
    {
        var first = new Dictionary<(Picture, string), int>();
        for (var i = 0; i < pictures.Length; i++)
        {
            if (pictures[i] is not { } picture || first.TryAdd((picture.Picture, Convert.ToHexStringLower(picture.Hash)), i))
                continue;
            var same = first[(picture.Picture, Convert.ToHexStringLower(picture.Hash))];
            (pictures[i], problems[i]) = (null, $"{files[i].Path} is the same picture as {files[same].Path}");
        }
    }

    private static void CheckCounts(string folder, IReadOnlyList<string> classes, IEnumerable<int> labels, IReadOnlyList<string> leftOut)
    {
        var counts = new int[classes.Count];
        foreach (var label in labels)
            counts[label]++;
        var fewest = Array.IndexOf(counts, counts.Min());
        if (counts[fewest] < FewestOfClass)
            throw new FolderException(
                $"{Path.Combine(folder, classes[fewest])} has {(counts[fewest] switch { 0 => "no pictures", 1 => "one picture", var some => $"{some} pictures" })}{(leftOut.Count == 0 ? "" : " that can be used")}: each class needs {FewestOfClass} or more")
            {
                LeftOut = leftOut,
            };
    }

    private static HashSet<StoredPicture> SetAside(StoredPicture[] pictures, ulong seed)
    {
        // By content, so that a picture more or less moves none of the others.
        var aside = new HashSet<StoredPicture>(ReferenceEqualityComparer.Instance);
        foreach (var pictureOfClass in pictures.GroupBy(picture => picture.Picture.Label))
        {
            StoredPicture[] all = [.. pictureOfClass.OrderBy(picture => new Draws(seed, BitConverter.ToUInt64(picture.Hash)).Next())];
            aside.UnionWith(all.Take(Math.Max(1, (all.Length + Split / 2) / Split)));
        }
        return aside;
    }

    private static string IdentityOf(IReadOnlyList<string> classes, StoredPicture[] pictures)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in classes)
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        foreach (var picture in pictures)
        {
            hash.AppendData(BitConverter.GetBytes(picture.Picture.Label));
            hash.AppendData(picture.Hash);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
