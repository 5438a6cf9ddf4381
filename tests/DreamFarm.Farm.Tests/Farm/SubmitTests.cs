using System.Text;
using DreamFarm.Imaging;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator and two workers as processes, and the commands of a client.</summary>
public sealed class SubmitTests : IDisposable
{
    private static readonly string[] Dream = ["--octaves", "2", "--steps", "2", "--layers", "3a", "--tile", "64"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_submitted_job_gives_the_bytes_of_render()
    {
        await Picture.DrawAsync(_folder["in.png"], 200, 150);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);

        var submitted = await farm.RunAsync(["submit", "in.png", "-o", "farm.npy", .. Dream]);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));

        string id = submitted.Output.Trim();
        Assert.Contains(id, (await farm.RunAsync("jobs", "list")).Output);
        Assert.Contains("done", (await farm.RunAsync("jobs", "show", id)).Output);
        Assert.Equal(0, (await farm.RunAsync("jobs", "result", id, "-o", "again.jpg")).ExitCode);
        Assert.True(File.Exists(_folder["again.jpg"]));
    }

    [Fact]
    public async Task A_result_of_another_size_than_its_canvas_has_the_bytes_of_render_too()
    {
        // With alpha, by a spec file, from noise: everything on the way to the picture.
        await Picture.DrawWithAlphaAsync(_folder["in.png"], 120, 90);
        await File.WriteAllTextAsync(_folder["mine.yaml"], "layers: 3a\nsteps: 1\noctaves: 1\nscale: 1.69\noutput-size: 100x80\n", TestContext.Current.CancellationToken);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1);
        foreach (string input in (string[])["in.png", "noise:96x64:7"])
        {
            var submitted = await farm.RunAsync(["submit", input, "-o", "farm.png", "--preset", "mine.yaml", "--output-size", "input"]);
            Assert.True(submitted.ExitCode == 0, submitted.Errors);
            var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", input, "-o", "local.png", "--preset", "mine.yaml", "--output-size", "input"]);
            Assert.True(rendered.ExitCode == 0, rendered.Errors);
            byte[] local = await File.ReadAllBytesAsync(_folder["local.png"], TestContext.Current.CancellationToken);
            Assert.Equal(local, await File.ReadAllBytesAsync(_folder["farm.png"], TestContext.Current.CancellationToken));
            var info = ImageReader.Inspect(_folder["local.png"]);
            Assert.Equal(input == "in.png" ? (120, 90, true) : (96, 64, false), (info.Width, info.Height, info.HasAlpha));

            string shown = (await farm.RunAsync("jobs", "show", submitted.Output.Trim())).Output;
            Assert.Contains(input == "in.png" ? "203x152" : "162x108", Line(shown, "canvas"));
            Assert.Contains(input == "in.png" ? "120x90" : "96x64", Line(shown, "output size"));
            Assert.EndsWith(" 1.69", Line(shown, "scale"));

            // The canvas itself is there as well.
            Assert.Equal(0, (await farm.RunAsync("jobs", "result", submitted.Output.Trim(), "-o", "canvas.npy")).ExitCode);
            Assert.Contains(input == "in.png" ? "(3, 152, 203)" : "(3, 108, 162)", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_folder["canvas.npy"], TestContext.Current.CancellationToken)));
        }

        static string Line(string shown, string name) => shown.Split('\n').Single(line => line.StartsWith(name + "  ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_coordinator_refuses_is_one_sentence_and_no_job()
    {
        await Picture.DrawAsync(_folder["dot.png"], 1, 1);
        await File.WriteAllTextAsync(_folder["text.png"], "I am a poem.\n", TestContext.Current.CancellationToken);
        await using var farm = await FarmProcesses.StartAsync(_folder);

        Assert.StartsWith("octave 1 would be 1x1 pixels", (await farm.RunAsync("submit", "dot.png", "-o", "out.png")).Refusal());
        Assert.Contains("text.png", (await farm.RunAsync("submit", "text.png", "-o", "out.png")).Refusal());
        Assert.False(File.Exists(_folder["out.png"]));
        Assert.Contains("\"nope\"", (await farm.RunAsync("jobs", "show", "nope")).Refusal());
        Assert.Equal("[]", (await farm.RunAsync("jobs", "list", "--json")).Output.Trim());
    }

    [Fact]
    public async Task A_second_coordinator_on_the_same_data_folder_is_refused()
    {
        await using var farm = await FarmProcesses.StartAsync(_folder);
        var run = await DreamfarmRun.InAsync(_folder.FullName, "coordinator", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--data", _folder["data"]);
        Assert.Contains("another coordinator uses it", run.Refusal());
    }

    [Fact]
    public async Task A_second_coordinator_on_the_same_address_is_refused()
    {
        await using var farm = await FarmProcesses.StartAsync(_folder);
        string taken = new Uri(farm.Url).Authority;
        var run = await DreamfarmRun.InAsync(_folder.FullName, "coordinator", "--listen", taken, "--web", "127.0.0.1:0", "--data", "other");
        Assert.Equal($"cannot listen on {taken}: Address already in use; choose another address with --listen", run.Refusal());
        run = await DreamfarmRun.InAsync(_folder.FullName, "coordinator", "--listen", "127.0.0.1:0", "--web", taken, "--data", "other");
        Assert.Equal($"cannot listen on {taken}: Address already in use; choose another address with --web", run.Refusal());
        run = await DreamfarmRun.InAsync(_folder.FullName, "coordinator", "--listen", "127.0.0.1:1234", "--web", "127.0.0.1:1234", "--data", "other");
        Assert.Equal("--listen and --web are both 127.0.0.1:1234: they need a port each", run.Refusal());
        Assert.False(Directory.Exists(_folder["other"]));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
