using DreamFarm.Imaging;
using DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator.Tests;

public class InputDecodingTests
{
    private static Spec Small => new() { Layers = "3a", Octaves = 1, Steps = 1 };

    [Fact]
    public async Task A_picture_that_is_cut_short_fails_its_job_in_one_sentence()
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        string cut = await farm.DrawAsync(300, 200, "cut.jpg");
        byte[] whole = await File.ReadAllBytesAsync(cut);
        await File.WriteAllBytesAsync(cut, whole[..(whole.Length / 2)]);
        var job = await farm.FinishAsync((await farm.SubmitAsync(cut, Small)).Id);
        Assert.Equal(JobState.Failed, job.State);
        Assert.StartsWith("cut.jpg is damaged or cut short: ", job.Message);
        Assert.DoesNotContain(farm.DataFolder, job.Message);
        string[] left = [.. Directory.GetFiles(Path.Combine(farm.DataFolder, "jobs", job.Id)).Select(path => Path.GetFileName(path)!)];
        Assert.Equal(["input"], left);
    }

    [Theory]
    [InlineData("$(touch oops) ; `id` && rm -rf ~ 'x' \"y\".png")]
    [InlineData("..png")]
    [InlineData("-o.png")]
    [InlineData("%s%n%2e%2e%2f.png")]
    [InlineData("\u202Egnp.png")]
    public async Task No_name_of_a_client_becomes_a_path(string name)
    {
        await using var farm = await TestFarm.StartAsync();
        await farm.AddInstantAsync();
        string picture = await farm.DrawAsync(96, 80, name.Replace('/', '_'));
        var job = await farm.FinishAsync((await farm.SubmitAsync(picture, Small)).Id);
        Assert.Equal(JobState.Done, job.State);
        Assert.Equal(name, job.InputName);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(farm.DataFolder, "*", SearchOption.AllDirectories), path => path.Contains(name) || path.Contains("oops"));
    }

    [Fact]
    public async Task Pixels_that_are_there_are_not_decoded_again()
    {
        await using var farm = await TestFarm.StartAsync();
        var files = new JobFiles(farm.DataFolder);
        var record = new JobRecord
        {
            Id = JobIds.New(),
            Owner = JobRecord.LocalOwner,
            InputName = "sky.png",
            Spec = Small,
            Input = new(80, 96),
            InputBits = 8,
            InputHasAlpha = false,
            Output = new(80, 96),
            Submitted = DateTimeOffset.UnixEpoch,
        };
        string folder = files.Folder(record.Id);
        Directory.CreateDirectory(folder);
        File.Move(await farm.DrawAsync(96, 80), JobFiles.Input(folder));
        var decoding = (InputDecoding)farm.Coordinator.Services.GetService(typeof(InputDecoding))!;
        var feed = new JobFeed(record, TimeProvider.System);

        await decoding.EnsureAsync(feed, CancellationToken.None);
        using (var pixels = new RawImage(JobFiles.Pixels(folder), 96, 80, 8))
            pixels.ReadRows(79, 1, new float[3 * 96]);
        Assert.Equal(2, Directory.GetFiles(folder).Length);

        File.Delete(JobFiles.Input(folder));
        await decoding.EnsureAsync(feed, CancellationToken.None);
        File.Delete(JobFiles.Pixels(folder));
        await Assert.ThrowsAsync<JobProblem>(() => decoding.EnsureAsync(feed, CancellationToken.None));
    }
}
