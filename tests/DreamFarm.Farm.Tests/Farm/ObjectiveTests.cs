namespace DreamFarm.Farm.Tests;

/// <summary>Every kind of objective, dreamt by one process and by a farm of two workers.</summary>
public sealed class ObjectiveTests : IDisposable
{
    private static readonly string[] Dream = ["--octaves", "2", "--steps", "2", "--tile", "64"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_farm_dreams_every_objective_to_the_same_bytes()
    {
        await Picture.DrawAsync(_folder["in.png"], 240, 180);
        await Picture.DrawAsync(_folder["guide.png"], 140, 90);
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 2);
        var dreams = new HashSet<string>();
        foreach (string[] objective in (string[][])
            [
                ["--layers", "4a[3,17-20]"],
                ["--objective", "mean(4a[3@0.5/0.5]),mean(4a[5@0.1/0.9]),mean(4a[9@1/0]),mean(4a[30@0.3/0.2])"],
                ["--layers", "4a", "--objective", "guide", "--guide", "guide.png"],
                ["--layers", "4a[0-40]", "--objective", "l2,guide(3b):2,mean(4a[50]):-1,tv:0.5,original:0.01", "--guide", "guide.png"],
            ])
        {
            var rendered = await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. Dream, .. objective]);
            Assert.True(rendered.ExitCode == 0, rendered.Errors);
            var submitted = await farm.RunAsync(["submit", "in.png", "-o", "farm.npy", .. Dream, .. objective]);
            Assert.True(submitted.ExitCode == 0, submitted.Errors);

            byte[] local = await File.ReadAllBytesAsync(_folder["local.npy"], TestContext.Current.CancellationToken);
            byte[] dreamt = await File.ReadAllBytesAsync(_folder["farm.npy"], TestContext.Current.CancellationToken);
            Assert.True(local.AsSpan().SequenceEqual(dreamt), string.Join(' ', objective));
            Assert.True(dreams.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(local))), "two objectives gave one dream");
        }
    }

    [Theory]
    [InlineData("--objective", "guide", "--guide is needed, for the objective guides ")]
    [InlineData("--guide", "in.png", "--guide is given, but nothing in the objective l2(")]
    [InlineData("--objective", "l2(4a[3),mean(4c)", "--objective, column 8: the bracket of column 6 is not closed here")]
    [InlineData("--layers", "4a[3@2/0]", "--layers, column 6: \"2\" is no place on the canvas")]
    public async Task A_mistake_is_one_sentence_with_its_place(string flag, string value, string sentence)
    {
        await Picture.DrawAsync(_folder["in.png"], 64, 64);
        var run = await DreamfarmRun.InAsync(_folder.FullName, "render", "in.png", "-o", "out.npy", flag, value);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(sentence, run.Errors);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
