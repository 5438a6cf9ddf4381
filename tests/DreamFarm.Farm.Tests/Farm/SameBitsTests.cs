namespace DreamFarm.Farm.Tests;

/// <summary>One job on farms of several shapes, with workers dying and stopping: the bytes are those of render.</summary>
public sealed class SameBitsTests : IDisposable
{
    private static readonly string[] Dream = ["--octaves", "2", "--steps", "4", "--layers", "4a", "--tile", "64"];

    private static readonly string[] Chosen = ["--octaves", "3", "--steps", "2", "--tile", "64", "--layers", "4a[strongest 3],3b[average 4 once]:0.5"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Workers_and_lanes_change_no_byte()
    {
        byte[] expected = await RenderAsync(240, 180);
        foreach (int[] lanes in (int[][])[[1], [2], [1, 2, 1]])
        {
            await using (var farm = await FarmProcesses.StartAsync(_folder, lanes))
            {
                var run = await farm.RunAsync(["submit", "in.png", "-o", "farm.npy", .. Dream]);
                Assert.True(run.ExitCode == 0, run.Errors);
            }
            byte[] dreamt = await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken);
            Assert.True(expected.AsSpan().SequenceEqual(dreamt), $"workers of {string.Join(", ", lanes)} lanes");
            Directory.Delete(_folder["data"], recursive: true);
        }
    }

    [Fact]
    public async Task One_worker_killed_and_one_stopped_in_the_middle_change_no_byte()
    {
        byte[] expected = await RenderAsync(480, 360);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1, 1);
        using var submit = farm.Start(["submit", "in.png", "-o", "farm.npy", .. Dream]);

        var said = new List<string>();
        while (await submit.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.Add(line);
            if (!line.Contains("octave 2/2"))
                continue;
            var workers = farm.Workers.ToArray();
            workers[0].Kill();
            DreamfarmRun.Send(workers[1], Signal.Stop);
            break;
        }
        var run = await DreamfarmRun.EndOfAsync(submit);

        Assert.True(run.ExitCode == 0, string.Join('\n', said) + run.Errors);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Channels_that_are_chosen_at_every_octave_and_once_are_the_same_on_a_farm_that_loses_a_worker()
    {
        byte[] expected = await RenderAsync(480, 360, Chosen);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1, 2);
        using var submit = farm.Start(["submit", "in.png", "-o", "farm.npy", .. Chosen]);

        var said = new List<string>();
        while (await submit.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.Add(line);
            // Most often the last octave's channels are being measured then. Of quick steps only some are told, so the first line
            // that comes at or behind this moment counts.
            if ((line.Contains("octave 2/3") && line.Contains("step 2/2")) || line.Contains("octave 3"))
            {
                farm.Workers.First().Kill();
                break;
            }
        }
        var run = await DreamfarmRun.EndOfAsync(submit);
        string told = string.Join('\n', said) + '\n' + run.Errors;

        Assert.True(run.ExitCode == 0, told);
        Assert.Contains("octave 3 is dreamt with l2(4a[", told);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<byte[]> RenderAsync(int width, int height, string[]? dream = null)
    {
        await Picture.DrawAsync(_folder["in.png"], width, height);
        var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. dream ?? Dream]);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        return await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken);
    }
}
