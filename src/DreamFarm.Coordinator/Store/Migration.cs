using System.Globalization;
using System.Reflection;

namespace DreamFarm.Coordinator;

/// <summary>One change of the tables, from version <paramref name="Version"/> - 1 to <paramref name="Version"/>. What was released is never changed again.</summary>
/// <param name="Version">1, 2, 3 ...</param>
/// <param name="Name">What it is about.</param>
/// <param name="Sql">Statements in the SQL that all databases share, but for <c>{identity}</c> and <c>{bytes}</c>.</param>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>Those of this program, in order: the files <c>Migrations/NNN-name.sql</c>.</summary>
    public static IReadOnlyList<Migration> All { get; } = ReadAll(typeof(Migration).Assembly);

    private static Migration[] ReadAll(Assembly assembly)
    {
        const string Folder = "Migrations/";
        Migration[] all = [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, Path.GetFileNameWithoutExtension(name[Folder.Length..])))];
        for (int i = 0; i < all.Length; i++)
            if (all[i].Version != i + 1)
                throw new InvalidOperationException($"migration {i + 1} is missing or there twice: found {all[i].Version} ({all[i].Name})");
        return all;
    }

    private static Migration Read(Assembly assembly, string resource, string file)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        int dash = file.IndexOf('-', StringComparison.Ordinal);
        return new Migration(int.Parse(file.AsSpan(0, dash), CultureInfo.InvariantCulture), file[(dash + 1)..], reader.ReadToEnd());
    }
}
