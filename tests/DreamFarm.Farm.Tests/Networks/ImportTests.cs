using System.Text.Json;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>Weights that somebody has: installed, listed, dreamt with and removed.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Models => _folder["dreamfarm/models"];

    [Fact]
    public async Task A_file_is_installed_for_the_network_that_it_fits_and_removed_again()
    {
        WeightsOf.Zeros(NetworkCatalog.Find("squeezenet1_1")!, _folder["anything.bin"]);
        Assert.Contains("not installed", Row(await ListAsync(), "squeezenet1_1"));

        string installed = Path.Combine(Models, "squeezenet1_1.safetensors");
        Assert.Equal($"installed squeezenet1_1 as {installed}\n", (await RunAsync("networks", "import", "anything.bin")).Errors);
        Assert.Contains(installed, Row(await ListAsync(), "squeezenet1_1"));
        Assert.Equal([installed], Directory.GetFiles(Models));

        Assert.Equal($"removed {installed}\n", (await RunAsync("networks", "remove", "squeezenet1_1")).Errors);
        Assert.Contains("not installed", Row(await ListAsync(), "squeezenet1_1"));
        Assert.Equal($"no weights of squeezenet1_1 are installed in {Models}", (await RunAsync("networks", "remove", "squeezenet1_1")).Refusal());
    }

    [Fact]
    public async Task Weights_with_a_name_of_their_own_are_known_by_it_and_dream_the_same()
    {
        WeightsOf.Motif(_folder["mine.safetensors"]);
        await Picture.DrawAsync(_folder["in.png"], 96, 64);
        var run = await RunAsync("networks", "import", "mine.safetensors", "--name", "studio");
        Assert.Equal($"installed studio as {Path.Combine(Models, "studio.safetensors")}\n", run.Errors);

        var listed = JsonDocument.Parse((await RunAsync("networks", "list", "--json")).Output).RootElement.EnumerateArray()
            .Single(network => network.GetProperty("name").GetString() == "studio");
        Assert.Equal(Path.Combine(Models, "studio.safetensors"), listed.GetProperty("weights").GetString());
        Assert.Equal((await RunAsync("networks", "layers", "motif")).Output, (await RunAsync("networks", "layers", "studio")).Output);
        Assert.Contains("there is no network \"studoi\"; did you mean \"studio\"?", (await RunAsync("networks", "layers", "studoi")).Refusal());

        string[] small = ["--octaves", "1", "--steps", "2"];
        await RunAsync(["render", "in.png", "-o", "a.npy", .. small]);
        await RunAsync(["render", "in.png", "-o", "b.npy", "--network", "studio", .. small]);
        await RunAsync(["render", "in.png", "-o", "c.npy", "--weights", Path.Combine(Models, "studio.safetensors"), .. small]);
        Assert.Equal(File.ReadAllBytes(_folder["a.npy"]), File.ReadAllBytes(_folder["b.npy"]));
        Assert.Equal(File.ReadAllBytes(_folder["a.npy"]), File.ReadAllBytes(_folder["c.npy"]));
    }

    [Fact]
    public async Task A_farm_that_has_never_heard_of_a_studio_s_network_dreams_the_same_with_it()
    {
        WeightsOf.Motif(_folder["mine.safetensors"]);
        await Picture.DrawAsync(_folder["in.png"], 96, 64);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1);
        string[] small = ["--octaves", "1", "--steps", "2"];
        await RunAsync(["render", "in.png", "-o", "a.npy", .. small]);

        // Only the client's folder has it.
        using var process = DreamfarmRun.StartWith([$"DREAMFARM_MODELS={_folder["studio"]}"], _folder.FullName, "networks", "import", "mine.safetensors", "--name", "studio");
        Assert.Equal(0, (await DreamfarmRun.EndOfAsync(process)).ExitCode);
        using var submitting = DreamfarmRun.StartWith(
            [$"DREAMFARM_MODELS={_folder["studio"]}"], _folder.FullName, ["submit", "in.png", "-o", "b.npy", "--network", "studio", "--coordinator", farm.Url, .. small]);
        var submitted = await DreamfarmRun.EndOfAsync(submitting);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        Assert.Equal(File.ReadAllBytes(_folder["a.npy"]), File.ReadAllBytes(_folder["b.npy"]));
    }

    [Fact]
    public async Task A_studio_s_own_classes_are_its_classifier_s_channels()
    {
        WeightsOf.Zeros(NetworkCatalog.Find("squeezenet1_1")!, _folder["birds.safetensors"], classes: 77);
        var run = await RunAsync("networks", "layers", "--weights", "birds.safetensors", "--json");
        Assert.Equal(77, LayerOf(run, "conv10").GetProperty("channels").GetInt32());

        Assert.Equal(0, (await RunAsync("networks", "import", "birds.safetensors", "--network", "squeezenet1_1", "--name", "birds")).ExitCode);
        Assert.Equal(77, LayerOf(await RunAsync("networks", "layers", "birds", "--json"), "conv10").GetProperty("channels").GetInt32());
    }

    [Fact]
    public async Task What_cannot_be_installed_is_refused_and_changes_nothing()
    {
        WeightsOf.Motif(_folder["motif.safetensors"]);
        await RefuseAsync("no.pth: there is no such weights file", "no.pth");
        await RefuseAsync("in.txt: it is neither a .safetensors file nor", "in.txt");
        await RefuseAsync("motif.safetensors: it does not hold weights of vgg16: tensor \"features.0.weight\" is missing; they look like weights of motif", "motif.safetensors", "--network", "vgg16");
        await RefuseAsync("--name vgg16 is the name of a known network: choose another", "motif.safetensors", "--name", "vgg16");
        await RefuseAsync("--name must be 1 to 64 letters, digits, dots, dashes and underscores, not \"../x\"", "motif.safetensors", "--name", "../x");
        Assert.False(Directory.Exists(Models));

        WeightsOf.Zeros(NetworkCatalog.Find("squeezenet1_1")!, _folder["a.safetensors"]);
        WeightsOf.Zeros(NetworkCatalog.Find("squeezenet1_1")!, _folder["b.safetensors"], classes: 5);
        await RunAsync("networks", "import", "a.safetensors");
        Assert.Equal(0, (await RunAsync("networks", "import", "a.safetensors")).ExitCode);
        await RefuseAsync($"{Path.Combine(Models, "squeezenet1_1.safetensors")} holds other weights already: `dreamfarm networks remove squeezenet1_1` removes them", "b.safetensors");

        async Task RefuseAsync(string expected, params string[] arguments)
        {
            await File.WriteAllTextAsync(_folder["in.txt"], "a text of some length");
            Assert.StartsWith(expected, (await RunAsync(["networks", "import", .. arguments])).Refusal());
        }
    }

    [Fact]
    public async Task The_real_pth_is_installed_as_what_travels()
    {
        string pth = Shared.SqueezeNetPth;
        Assert.SkipUnless(File.Exists(pth), $"There is no {Path.GetFullPath(pth)}.");
        Assert.Equal(0, (await RunAsync("networks", "import", pth)).ExitCode);
        using var installed = WeightFile.Open(Path.Combine(Models, "squeezenet1_0.safetensors"));
        using var original = WeightFile.Open(pth);
        Assert.Equal(original.Sha256, installed.Sha256);
    }

    [Fact]
    public async Task Layers_say_what_a_cell_looks_at_and_what_context_it_needs()
    {
        var run = await RunAsync("networks", "layers", "squeezenet1_0");
        string[] lines = run.Output.Split('\n');
        Assert.Matches("^LAYER +CHANNELS +STRIDE +RECEPTIVE FIELD +EXACT CONTEXT +AUTO CONTEXT +ITS ERROR +ALSO CALLED$", lines[0]);
        Assert.Matches("^conv1 +96 +2 +7 +6 +6 +1e-7 +features.1$", lines[1]);

        run = await RunAsync("networks", "layers", "motif");
        Assert.Contains("\n\nClasses, as in mean(logits[eye]), with their channels:\neye 0, spiral 1, peacock 2, ", run.Output, StringComparison.Ordinal);
        run = await RunAsync("networks", "layers", "motif", "--json");
        Assert.Equal("spiral", LayerOf(run, "logits").GetProperty("classes")[1].GetString());
        Assert.False(LayerOf(run, "5b").TryGetProperty("classes", out _));

        run = await RunAsync("networks", "list");
        Assert.Matches("^vgg16 +not installed +553 MB +397923af +BSD-3-Clause, ImageNet's terms +https://download.pytorch.org/models/vgg16-397923af.pth$", Row(run, "vgg16"));
        Assert.Matches("^motif +built in +- +- +- +-$", Row(run, "motif"));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private Task<DreamfarmRun> RunAsync(params string[] arguments) => DreamfarmRun.InAsync(_folder.FullName, arguments);

    private Task<DreamfarmRun> ListAsync() => RunAsync("networks", "list");

    private static JsonElement LayerOf(DreamfarmRun run, string name) => JsonDocument.Parse(run.Output).RootElement.EnumerateArray().Single(layer => layer.GetProperty("name").GetString() == name);

    private static string Row(DreamfarmRun run, string network) => run.Output.Split('\n').Single(line => line.StartsWith($"{network} ", StringComparison.Ordinal));
}
