using System.CommandLine;
using System.Text.RegularExpressions;
using DreamFarm.Cli.Inputs;
using DreamFarm.Cli.Specs;
using DreamFarm.Dreaming;
using DreamFarm.Imaging;
using DreamFarm.Networks;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Tests;

/// <summary>docs/gallery.md shows pictures and the commands that make them; scripts/gallery.sh runs the commands as they stand there.</summary>
public sealed partial class GalleryTests
{
    private static readonly string Repository = FindRepository();

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository, "docs", "gallery.md"));

    public static TheoryData<string> Commands => [.. Page.Split('\n').Where(line => line.StartsWith("bin/dreamfarm render ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_of_the_gallery_is_understood(string command)
    {
        var (input, _, draft) = Read(command);

        Size size;
        if (NoiseSource.TryParse(input, out var noise))
        {
            size = new Size(noise.Height, noise.Width);
        }
        else
        {
            var header = ImageReader.Inspect(Path.Combine(Repository, input));
            size = new Size(header.Height, header.Width);
        }
        Assert.True(SpecReader.TryRead(draft.ToSpec(), size, out _, out string? problem), problem);
    }

    [Fact]
    public void Each_picture_of_the_page_is_made_by_one_command_and_each_command_makes_one()
    {
        var made = Commands.Select(row => Read(row.Data).Output).ToArray();
        var shown = Pictures().Matches(Page).Select(match => $"docs/{match.Groups[1].Value}").ToArray();
        Assert.NotEmpty(made);
        Assert.Equal(made.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
        Assert.All(made, picture => Assert.StartsWith("docs/gallery/", picture, StringComparison.Ordinal));
        Assert.Equal(made.Distinct(StringComparer.Ordinal).Count(), made.Length);
    }

    [Fact]
    public void Each_layer_of_the_built_in_network_is_shown()
    {
        var shown = Commands.SelectMany(row =>
        {
            Assert.True(SpecReader.TryReadObjective(Read(row.Data).Draft.ToSpec(), out var parsed, out _, out string? problem), problem);
            return parsed.Objective.Layers;
        });
        Assert.Equal(NetworkCatalog.Default.Layers.Select(layer => layer.Name).Order(StringComparer.Ordinal), shown.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>A command line of the page as the shell and the program take it apart.</summary>
    private static (string Input, string Output, SpecDraft Draft) Read(string command)
    {
        var input = new Argument<string>("IN");
        var output = new Option<string>("-o") { Required = true };
        var render = new Command("render") { input, output };
        var flags = new SpecFlags(render);
        var parsed = render.Parse([.. Words().Matches(command).Skip(2).Select(word => word.Value.Trim('"'))]);
        Assert.Empty(parsed.Errors);
        return (parsed.GetRequiredValue(input), parsed.GetRequiredValue(output), flags.Read(parsed));
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "DreamFarm.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"!\[[^]]*\]\(([^)]+)\)")]
    private static partial Regex Pictures();
}
