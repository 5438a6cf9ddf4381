namespace DreamFarm.Farm.Tests;

/// <summary>Command lines that make no sense, and coordinators that are not there.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("render in.png -o out.png --stepz 3", "unknown flag --stepz; did you mean --steps?")]
    [InlineData("rendr in.png", "unknown command \"rendr\"; did you mean dreamfarm render?")]
    [InlineData("jobs wach x", "unknown command \"wach\"; did you mean dreamfarm jobs watch?")]
    [InlineData("", "name a command: dreamfarm knows render, ")]
    [InlineData("jobs", "name a command: dreamfarm jobs knows list, ")]
    [InlineData("render", "IN is missing; ")]
    [InlineData("render in.png", "--output is missing; ")]
    [InlineData("render in.png -o", "-o needs a value")]
    [InlineData("render in.png other.png -o out.png", "\"other.png\" is one argument too many; ")]
    [InlineData("render -- in.png -o out.png", "-o stands behind --")]
    [InlineData("jobs show", "ID is missing; ")]
    public async Task What_makes_no_sense_is_a_usage_error(string commandLine, string expected)
    {
        var run = await DreamfarmRun.InAsync(_folder.FullName, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(expected, run.Refusal(exitCode: 2));
    }

    [Theory]
    [InlineData("jobs list")]
    [InlineData("jobs watch x")]
    [InlineData("workers list")]
    [InlineData("submit in.png -o out.png")]
    public async Task A_coordinator_that_is_not_there_is_named(string commandLine)
    {
        await Picture.DrawAsync(_folder["in.png"], 64, 48);
        var run = await DreamfarmRun.InAsync(_folder.FullName, [.. commandLine.Split(' '), "--coordinator", "http://127.0.0.1:1"]);
        Assert.StartsWith("no coordinator answers at http://127.0.0.1:1: start one with `dreamfarm coordinator`", run.Refusal());
        Assert.Equal(["in.png"], _folder.Files());
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused()
    {
        var run = await DreamfarmRun.InAsync(_folder.FullName, "jobs", "list", "--coordinator", "farm");
        Assert.Equal("--coordinator must be an address such as http://127.0.0.1:7600, not \"farm\"", run.Refusal());
    }

    [Fact]
    public async Task Listings_are_JSON_where_asked_for()
    {
        var run = await DreamfarmRun.InAsync(_folder.FullName, "networks", "list", "--json");
        Assert.Equal(0, run.ExitCode);
        var networks = System.Text.Json.JsonDocument.Parse(run.Output).RootElement;
        Assert.Contains("motif", networks.EnumerateArray().Select(network => network.GetProperty("name").GetString()));

        run = await DreamfarmRun.InAsync(_folder.FullName, "presets", "list", "--json");
        var tutorial = System.Text.Json.JsonDocument.Parse(run.Output).RootElement.EnumerateArray().Single(preset => preset.GetProperty("name").GetString() == "tutorial");
        Assert.Equal("inception_v3", tutorial.GetProperty("values").GetProperty("network").GetString());

        run = await DreamfarmRun.InAsync(_folder.FullName, "version", "--json");
        Assert.Equal(4, System.Text.Json.JsonDocument.Parse(run.Output).RootElement.GetProperty("families").GetArrayLength());
    }

    [Theory]
    [InlineData("worker --listen 127.0.0.1:0")]
    [InlineData("render noise:64x64 -o dream.png")]
    [InlineData("train --images . -o mine.safetensors")]
    public async Task Without_libtorch_one_sentence_says_so(string arguments)
    {
        CopyWithoutLibraries();
        var run = await DreamfarmRun.InShellAsync($"{WithoutLibraries} {arguments}", _folder.FullName);
        Assert.StartsWith("libtorch cannot be used on this machine: it is not beside the program", run.Refusal());
    }

    [Fact]
    public async Task Without_libtorch_the_version_is_told_all_the_same()
    {
        CopyWithoutLibraries();
        var run = await DreamfarmRun.InShellAsync($"{WithoutLibraries} version --json", _folder.FullName);
        var version = System.Text.Json.JsonDocument.Parse(run.Output).RootElement;
        Assert.True(version.TryGetProperty("runtime", out _));
        Assert.False(version.TryGetProperty("libtorch", out _));
    }

    // TorchSharp would look among the packages that were fetched for the build too.
    private const string WithoutLibraries = "NUGET_PACKAGES=/none exec dotnet bin/dreamfarm.dll";

    private void CopyWithoutLibraries()
    {
        Directory.CreateDirectory(_folder["bin"]);
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
            File.Copy(file, Path.Combine(_folder["bin"], Path.GetFileName(file)));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
