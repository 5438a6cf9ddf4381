using System.CommandLine;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Listings;

namespace DreamFarm.Cli.Version;

/// <summary><c>dreamfarm version</c>: what exactly is running here.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var json = Listing.JsonFlag();
        var command = new Command("version", "says what this build is made of") { json };
        command.SetAction(parsed =>
        {
            var version = VersionView.OfThisBuild();
            if (parsed.GetValue(json))
                Listing.WriteJson(version);
            else
                Listing.WriteFields(
                [
                    ("dreamfarm", version.Version),
                    ("commit", version.Commit),
                    (".NET", version.Runtime),
                    .. version.Families.Select(family => (family.Name, (string?)(family.Source == "official" ? $"official {family.Version}" : $"stand-in for {family.Version}"))),
                    ("libtorch", version.Libtorch ?? "cannot be loaded"),
                    ("libvips", version.Libvips ?? "cannot be loaded"),
                ]);
            return ExitCode.Done;
        });
        return command;
    }
}
