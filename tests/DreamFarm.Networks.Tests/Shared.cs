namespace DreamFarm.Networks.Tests;

/// <summary>The folder with real weights that lies beside a developer's checkout.</summary>
internal static class Shared
{
    /// <summary>The path of a file in it; the test is skipped where there is none.</summary>
    public static string Model(string name)
    {
        var root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "DreamFarm.sln")))
            root = Path.GetDirectoryName(root);
        var path = root is null ? null : Path.Combine(root, "..", "shared", "models", name);
        Assert.SkipUnless(File.Exists(path), $"There is no ../shared/models/{name} beside this checkout.");
        return path!;
    }
}
