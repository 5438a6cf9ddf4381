using System.Diagnostics;
using System.Security.Cryptography;
using DreamFarm.Networks;

namespace DreamFarm.Farm.Tests;

/// <summary>Weights that only the client has: they travel once, and the dream is that of render.</summary>
public sealed class WeightsTests : IDisposable
{
    private static readonly string[] Dream = ["--network", "squeezenet1_0", "--layers", "fire2", "--octaves", "1", "--steps", "2", "--tile", "128"];

    private readonly TestFolder _folder = new();

    /// <summary>Where this test's workers keep what they fetch.</summary>
    private string Fetched => _folder[Path.Combine("dreamfarm", "weights")];

    [Fact]
    public async Task Weights_go_to_the_farm_once_and_give_the_bytes_of_render()
    {
        Assert.SkipUnless(File.Exists(Shared.SqueezeNetPth), $"There is no {Path.GetFullPath(Shared.SqueezeNetPth)}.");
        File.Copy(Shared.SqueezeNetPth, _folder["mine.pth"]);
        await Picture.DrawAsync(_folder["in.png"], 200, 150);
        byte[] expected = await DreamAsync(
            await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", "--weights", "mine.pth", .. Dream]), "local.npy");

        // Two workers with one folder, and no models.
        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);
        var first = await farm.RunAsync(["submit", "in.png", "-o", "first.npy", "--weights", "mine.pth", .. Dream]);
        Assert.Equal(expected, await DreamAsync(first, "first.npy"));
        Assert.Contains("uploading weights mine.pth, 5.0 MB", first.Errors);

        // The farm knows them by the hash of the .safetensors file that arrived everywhere.
        string there = Assert.Single(Directory.GetFiles(_folder[Path.Combine("data", "assets")]));
        string sha256 = Path.GetFileName(there);
        byte[] arrived = await File.ReadAllBytesAsync(there, TestContext.Current.CancellationToken);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(arrived)));
        // The other worker may still be about it when the job is done.
        string fetched = Path.Combine(Fetched, $"{sha256}.safetensors");
        for (var waited = Stopwatch.StartNew(); !Directory.GetFiles(Fetched).SequenceEqual([fetched]); await Task.Delay(50, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(3), string.Join(", ", Directory.GetFiles(Fetched)));
        Assert.Contains(sha256, (await farm.RunAsync("jobs", "show", first.Output.Trim(), "--json")).Output);

        var second = await farm.RunAsync(["submit", "in.png", "-o", "second.npy", "--weights", "mine.pth", .. Dream]);
        Assert.Equal(expected, await DreamAsync(second, "second.npy"));
        Assert.DoesNotContain("uploading", second.Errors);

        // A worker that comes later finds the file damaged, and fetches it again.
        foreach (var worker in farm.Workers.ToArray())
        {
            worker.Kill();
            await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        arrived[^1] ^= 1;
        await File.WriteAllBytesAsync(fetched, arrived, TestContext.Current.CancellationToken);
        farm.AddWorker(1);
        var third = await farm.RunAsync(["submit", "in.png", "-o", "third.npy", "--weights", there, .. Dream]);
        Assert.Equal(expected, await DreamAsync(third, "third.npy"));
        Assert.DoesNotContain("uploading", third.Errors);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(fetched, TestContext.Current.CancellationToken))));
    }

    [Fact]
    public async Task A_network_that_only_its_ONNX_file_describes_is_dreamt_by_a_farm_with_the_bytes_of_render()
    {
        File.Copy(Shared.SmallOnnx, _folder["studio.onnx"]);
        await Picture.DrawAsync(_folder["in.png"], 200, 150);
        string[] dream = ["--weights", "studio.onnx", "--objective", "l2(joined):1,mean(clip[1]):0.5", "--octaves", "2", "--steps", "2", "--tile", "64"];
        byte[] expected = await DreamAsync(await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "local.npy", .. dream]), "local.npy");

        await using var farm = await FarmProcesses.StartAsync(_folder, 1, 1);
        var submitted = await farm.RunAsync(["submit", "in.png", "-o", "farm.npy", .. dream]);
        Assert.Equal(expected, await DreamAsync(submitted, "farm.npy"));
        Assert.Contains("\"network\": \"studio\"", (await farm.RunAsync("jobs", "show", submitted.Output.Trim(), "--json")).Output);
    }

    [Fact]
    public async Task Weights_of_another_network_are_refused_and_not_sent()
    {
        await Picture.DrawAsync(_folder["in.png"], 200, 150);
        await using (var resource = typeof(NetworkCatalog).Assembly.GetManifestResourceStream("motif.safetensors")!)
        await using (var file = File.Create(_folder["other.safetensors"]))
            await resource.CopyToAsync(file, TestContext.Current.CancellationToken);
        await using var farm = await FarmProcesses.StartAsync(_folder);

        string refused = (await farm.RunAsync(["submit", "in.png", "--weights", "other.safetensors", .. Dream])).Refusal();
        Assert.StartsWith("other.safetensors: it does not hold weights of squeezenet1_0: ", refused);
        Assert.Equal(refused, (await DreamfarmRun.InAsync(_folder.FullName, ["render", "in.png", "-o", "out.png", "--weights", "other.safetensors", .. Dream])).Refusal());
        Assert.Empty(Directory.GetFiles(_folder[Path.Combine("data", "assets")]));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<byte[]> DreamAsync(DreamfarmRun run, string file)
    {
        Assert.True(run.ExitCode == 0, run.Errors);
        return await File.ReadAllBytesAsync(_folder[file], TestContext.Current.CancellationToken);
    }
}
