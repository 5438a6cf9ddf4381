using DreamFarm.Networks;

namespace DreamFarm.Training;

/// <summary>
/// What lies in a folder of pictures: a folder for each class, and its files at any depth. Everything is sorted, so that the same folder is
/// listed alike on every machine. Hidden files and folders are not there. A class may be a link to a folder; links to folders within a
/// class are not followed, and so none leads in a circle.
/// </summary>
/// <param name="Classes">Names.</param>
/// <param name="Files">Paths, and the class of each.</param>
/// <param name="Stray">Files that lie beside the classes' folders.</param>
internal sealed record FolderListing(IReadOnlyList<string> Classes, IReadOnlyList<(string Path, int Label)> Files, IReadOnlyList<string> Stray)
{
    // Nothing is asked of an entry but its name and kind: one that cannot be opened is for whoever reads it to leave out.
    private static readonly EnumerationOptions Visibles = new() { AttributesToSkip = FileAttributes.Hidden, IgnoreInaccessible = false };

    /// <exception cref="FolderException">There is no such folder, it cannot be listed, or there are not two classes in it.</exception>
    public static FolderListing Of(string folder)
    {
        if (folder.Length == 0)
            throw new FolderException("the name of the folder of pictures is empty");
        if (!Directory.Exists(folder))
            throw new FolderException(File.Exists(folder)
                ? $"{folder} is a file: a folder is wanted that holds a folder of pictures for each class"
                : $"there is no folder {folder}");
        try
        {
            return List(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FolderException($"{folder} cannot be listed: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static FolderListing List(string folder)
    {
        string[] classes = [.. Names(Directory.EnumerateDirectories(folder, "*", Visibles))];
        string[] stray = [.. Names(Directory.EnumerateFiles(folder, "*", Visibles)).Select(name => Path.Combine(folder, name))];
        string example = $"make two or more, such as {Path.Combine(folder, "eyes")} and {Path.Combine(folder, "spirals")}";
        if (classes.Length == 0)
            throw new FolderException(stray.Length == 0
                ? $"{folder} is empty: it should hold a folder of pictures for each class; {example}"
                : $"the {Counted(stray.Length)} in {folder} {(stray.Length == 1 ? "lies" : "lie")} in no class: a network learns to tell classes apart, and each is a folder of pictures; {example}");
        if (classes.Length == 1)
            throw new FolderException($"{folder} holds one class alone, {classes[0]}: a network learns to tell classes apart, so add a folder of other pictures beside {Path.Combine(folder, classes[0])}");
        if (classes.FirstOrDefault(name => name.Length > NetworkDescription.LongestClass || name.Trim() != name || name.Any(char.IsControl)) is { } odd)
            throw new FolderException($"the folder \"{Visible(odd)}\" in {folder} cannot name a class: at most {NetworkDescription.LongestClass} characters, with no blanks around them and no control characters among them, would be right");

        var files = new List<(string, int)>();
        for (var label = 0; label < classes.Length; label++)
            Collect(Path.Combine(folder, classes[label]), label, files);
        return new FolderListing(classes, files, stray);
    }

    private static void Collect(string folder, int label, List<(string, int)> files)
    {
        foreach (var name in Names(Directory.EnumerateFiles(folder, "*", Visibles)))
            files.Add((Path.Combine(folder, name), label));
        foreach (var name in Names(Directory.EnumerateDirectories(folder, "*", Visibles)))
            if (new DirectoryInfo(Path.Combine(folder, name)) is { LinkTarget: null } deeper)
                Collect(Path.Combine(folder, deeper.Name), label, files);
    }

    private static IEnumerable<string> Names(IEnumerable<string> paths) =>
        paths.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    private static string Visible(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));

    private static string Counted(int count) => count == 1 ? "one file" : $"{count} files";
}
