using System.Reflection;

namespace DreamFarm.Cli.Version;

/// <summary>What this build is made of.</summary>
/// <param name="Version">DreamFarm's own.</param>
/// <param name="Commit">The commit it was built from; null if it was not built in a repository.</param>
/// <param name="Runtime">Of .NET.</param>
/// <param name="Families">The families of packages that can be replaced by stand-ins.</param>
/// <param name="Libtorch">Null if it cannot be loaded.</param>
/// <param name="Libvips">Null if it cannot be loaded.</param>
internal sealed record VersionView(
    string Version, string? Commit, string Runtime, IReadOnlyList<FamilyView> Families, string? Libtorch, string? Libvips)
{
    private const string FamilyKey = "Family:";

    private const string FamilyVersionKey = "FamilyVersion:";

    public static VersionView OfThisBuild()
    {
        var assembly = typeof(VersionView).Assembly;
        var metadata = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(item => item.Key, item => item.Value ?? "");
        string[] informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        return new VersionView(
            informational[0],
            informational.Length > 1 ? informational[1] : null,
            Environment.Version.ToString(),
            [
                .. metadata.Where(item => item.Key.StartsWith(FamilyKey, StringComparison.Ordinal))
                    .Select(item => item.Key[FamilyKey.Length..])
                    .Order(StringComparer.Ordinal)
                    .Select(name => new FamilyView(
                        name,
                        metadata[FamilyKey + name],
                        metadata[FamilyVersionKey + name])),
            ],
            NativeVersion(Engine.Libtorch.Load),
            NativeVersion(() => $"{NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}"));
    }

    private static string? NativeVersion(Func<string> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e is Engine.LibtorchException or TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return null;
        }
    }
}

/// <summary>A family of packages.</summary>
/// <param name="Name">Such as Grpc.</param>
/// <param name="Source">"official", or "standin" where the stand-in for the packages is in use.</param>
/// <param name="Version">The official packages' version, which the stand-in follows.</param>
internal sealed record FamilyView(string Name, string Source, string Version);
