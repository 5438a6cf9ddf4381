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
            await using var farm = await FarmProcesses.StartAsync(_folder, lanes);
            var run = await farm.RunAsync(["submit", "in.png", "-o", "farm.npy", .. Dream]);

            Assert.True(run.ExitCode == 0, run.Errors);
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
            await DreamfarmRun.SignalAsync(workers[1], "STOP");
            break;
        }
        var run = await DreamfarmRun.EndOfAsync(submit);

        Assert.True(run.ExitCode == 0, string.Join('\n', said) + run.Errors);
        Assert.Contains("octave 2/2 480x360, step", run.Errors);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Channels_that_are_chosen_at_every_octave_and_once_are_the_same_on_a_farm_where_a_worker_is_killed_while_it_measures()
    {
        byte[] expected = await RenderAsync(480, 360, Chosen);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1, 2);
        using var submit = farm.Start(["submit", "in.png", "-o", "farm.npy", .. Chosen]);

        var said = new List<string>();
        while (await submit.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.Add(line);
            // The last step of the octave: what comes next is the measuring.
            if (line.Contains("octave 2/3") && line.Contains("step 2/2"))
            {
                farm.Workers.First().Kill();
                break;
            }
        }
        var run = await DreamfarmRun.EndOfAsync(submit);

        Assert.True(run.ExitCode == 0, string.Join('\n', said) + run.Errors);
        Assert.Contains(said, line => line.StartsWith("octave 1 is dreamt with l2(4a[", StringComparison.Ordinal));
        Assert.Contains("octave 3 is dreamt with l2(4a[", run.Errors);
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
