using System.Text.Json.Nodes;
using DreamFarm.Networks;

namespace DreamFarm.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private static readonly Stripes Pictures = new(48, seed: 1);
    private static readonly Stripes Others = new(60, seed: 2);

    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-training").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_task_of_stripes_is_learnt_and_the_exported_file_tells_them_apart_as_well()
    {
        using var trainer = new Trainer(SmallNetwork.Description, Pictures, Others, SmallNetwork.Options with { Epochs = 30 });
        var last = await trainer.TrainAsync();
        Assert.Equal(trainer.Iterations, last.Iteration);
        Assert.True(last.ValidationAccuracy >= 0.95, $"{last}");

        trainer.Export(PathOf("small.safetensors"), new ExportOptions { Notes = new Dictionary<string, string> { ["commit"] = "abc" } });
        using var weights = NetworkWeights.Load(network: (string?)null, WeightFile.Open(PathOf("small.safetensors")));
        Assert.Equal("small", weights.Network.Name);
        Assert.Equal(Pictures.Classes, weights.Network.Classes);
        Assert.InRange(await Accuracy.MeasureAsync(weights, Others, SmallNetwork.Options.Crop), last.ValidationAccuracy.Value - 0.02, 1);

        using var file = WeightFile.Open(PathOf("small.safetensors"));
        var training = JsonNode.Parse(file.Metadata[Trainer.MetadataKey])!;
        Assert.Equal(last.ValidationAccuracy, (double?)training["accuracy"]);
        Assert.Equal(5, (int)training["recipe"]!["seed"]!);
        Assert.Equal("abc", (string?)training["commit"]);
    }

    [Fact]
    public async Task Two_trainings_of_one_seed_give_the_same_bits_and_another_seed_gives_others()
    {
        var first = await Train(SmallNetwork.Options, "first");
        Assert.Equal(first, await Train(SmallNetwork.Options, "second"));
        Assert.NotEqual(first, await Train(SmallNetwork.Options with { Seed = 6 }, "third"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(17)]
    public async Task A_cancelled_training_leaves_a_checkpoint_and_goes_on_to_the_same_bits(int iterations)
    {
        var unbroken = await Train(SmallNetwork.Options, "unbroken");
        var checkpoint = PathOf("broken.checkpoint");
        using (var cancel = new CancellationTokenSource())
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options))
        {
            var progress = new Direct(at =>
            {
                if (at.Iteration == iterations)
                    cancel.Cancel();
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.TrainAsync(checkpoint, progress, cancel.Token));
        }

        var seen = new List<int>();
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options))
        {
            await trainer.TrainAsync(checkpoint, new Direct(at => seen.Add(at.Iteration)));
            Assert.InRange(seen[0], iterations + 1, iterations + 2);
            Assert.Equal(unbroken, Exported(trainer, "broken"));
        }
    }

    [Fact]
    public async Task A_training_that_is_killed_has_left_a_checkpoint_of_some_minutes_ago()
    {
        var (checkpoint, copy) = (PathOf("killed.checkpoint"), PathOf("copy.checkpoint"));
        var clock = new Clock();
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options, clock))
        {
            await trainer.TrainAsync(checkpoint, new Direct(at =>
            {
                clock.Now += TimeSpan.FromMinutes(1);
                if (at.Iteration == 5)
                    Assert.False(File.Exists(checkpoint));
                if (at.Iteration == 9)
                    File.Copy(checkpoint, copy);
            }), TestContext.Current.CancellationToken);
        }

        var seen = new List<int>();
        using var resumed = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options);
        await resumed.TrainAsync(copy, new Direct(at => seen.Add(at.Iteration)), TestContext.Current.CancellationToken);
        Assert.Equal(6, seen[0]);
        Assert.Equal(await Train(SmallNetwork.Options, "unbroken"), Exported(resumed, "resumed"));
    }

    [Fact]
    public async Task A_checkpoint_of_another_recipe_or_network_is_refused_by_a_sentence_that_says_what_differs()
    {
        var checkpoint = PathOf("first.checkpoint");
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options with { Epochs = 1 }))
            await trainer.TrainAsync(checkpoint);

        using var other = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options with { Epochs = 1, LearningRate = 0.2 });
        var error = await Assert.ThrowsAsync<TrainingException>(() => other.TrainAsync(checkpoint));
        Assert.Contains("learning rate is 0.1, not 0.2", error.Message, StringComparison.Ordinal);

        using var renamed = new Trainer(SmallNetwork.Description with { Name = "other" }, Pictures, null, SmallNetwork.Options with { Epochs = 1 });
        Assert.Contains("network", (await Assert.ThrowsAsync<TrainingException>(() => renamed.TrainAsync(checkpoint))).Message, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(checkpoint, new byte[100]);
        await Assert.ThrowsAsync<TrainingException>(() => renamed.TrainAsync(checkpoint));
    }

    [Fact]
    public async Task A_training_whose_numbers_leave_all_bounds_says_what_can_be_done()
    {
        // Each step turns the weights round and makes them some nine times as large.
        var options = SmallNetwork.Options with { Epochs = 30, LearningRate = 10, WeightDecay = 0.99 };
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, options))
        {
            var error = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(PathOf("far.checkpoint"), cancellation: TestContext.Current.CancellationToken));
            Assert.Matches(@"^The loss became (NaN|Infinity) in iteration \d+ of \d+, which would happen again: train with another seed or other pictures\.$", error.Message);
        }

        // A checkpoint of another seed would be refused.
        var clock = new Clock();
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, options, clock))
        {
            var error = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(
                PathOf("far.checkpoint"), new Direct(_ => clock.Now += TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken));
            Assert.Matches(@"^The (loss|weights) became .*: train with another seed or other pictures, and remove .*far\.checkpoint before\.$", error.Message);
        }
    }

    [Fact]
    public async Task Weights_that_left_all_bounds_since_the_last_loss_are_told_as_it_is()
    {
        var options = SmallNetwork.Options with { Epochs = 30, LearningRate = 10, WeightDecay = 0.99 };
        int last = 0;
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, null, options))
            await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(progress: new Direct(at => last = at.Iteration), cancellation: TestContext.Current.CancellationToken));

        // Stopped where the loss was finite for the last time.
        using var cancel = new CancellationTokenSource();
        using var stopped = new Trainer(SmallNetwork.Description, Pictures, null, options);
        var error = await Assert.ThrowsAsync<TrainingException>(() => stopped.TrainAsync(PathOf("far.checkpoint"), new Direct(at =>
        {
            if (at.Iteration == last)
                cancel.Cancel();
        }), cancel.Token));
        Assert.Matches(@"^The (weights|loss) became .*, which would happen again: train with another seed", error.Message);
        Assert.False(File.Exists(PathOf("far.checkpoint")));
    }

    [Fact]
    public async Task A_picture_smaller_than_the_crop_is_named()
    {
        using var trainer = new Trainer(SmallNetwork.Description, new Stripes(48, seed: 1, height: 30), null, SmallNetwork.Options);
        var error = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync());
        Assert.Contains("44 x 30 pixels; at least 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_is_too_small_to_be_measured_is_named()
    {
        using var trainer = new Trainer(SmallNetwork.Description, Pictures, new Stripes(48, seed: 1, height: 30), SmallNetwork.Options with { Epochs = 1 });
        var error = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("44 x 30 pixels; at least 32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_that_no_file_can_name_are_refused_before_the_training()
    {
        var error = Assert.Throws<ArgumentException>(() => new Trainer(SmallNetwork.Description, new Stripes(48, seed: 1) { Classes = ["eye", "owl", "eye"] }, null, SmallNetwork.Options));
        Assert.Equal("small cannot be trained here: its class \"eye\" stands in it twice.", error.Message);
    }

    [Fact]
    public async Task A_training_that_had_ended_reports_no_loss_of_iterations_that_it_did_not_do()
    {
        var options = SmallNetwork.Options with { Epochs = 1 };
        using (var trainer = new Trainer(SmallNetwork.Description, Pictures, Others, options))
            await trainer.TrainAsync(PathOf("end.checkpoint"), cancellation: TestContext.Current.CancellationToken);
        using var resumed = new Trainer(SmallNetwork.Description, Pictures, Others, options);
        var end = await resumed.TrainAsync(PathOf("end.checkpoint"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((resumed.Iterations, null, null), (end.Iteration, end.Loss, end.Accuracy));
        Assert.NotNull(end.ValidationAccuracy);
    }

    [Theory]
    [InlineData("""{"iteration":1,"iteration":2,"training":{}}""")]
    [InlineData("""{"iteration":1,"training":{"pictures":"\ud800"}}""")]
    [InlineData("""{"iteration":"1","training":{}}""")]
    [InlineData("[")]
    public async Task A_checkpoint_with_other_metadata_is_refused_by_a_sentence(string metadata)
    {
        SafetensorsWriter.Write(PathOf("odd.checkpoint"), WeightElement.Float32, new Dictionary<string, string> { ["dreamfarm.checkpoint"] = metadata }, [("a", [1], new float[1])]);
        using var trainer = new Trainer(SmallNetwork.Description, Pictures, null, SmallNetwork.Options);
        var error = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(PathOf("odd.checkpoint"), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains(PathOf("odd.checkpoint"), error.Message, StringComparison.Ordinal);
        Assert.EndsWith("remove it to begin anew.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_built_in_network_can_be_trained_and_others_are_refused()
    {
        var motif = NetworkCatalog.Find("motif")!;
        using (var trainer = new Trainer(motif, Pictures, null, SmallNetwork.Options))
            Assert.Equal(3, ((Convolution)trainer.Network.Nodes.Single(node => node.Name == "logits").Operation).Channels);

        var error = Assert.Throws<ArgumentException>(() => new Trainer(NetworkCatalog.Find("squeezenet1_0")!, Pictures, null, SmallNetwork.Options));
        Assert.Contains("squeezenet1_0 cannot be trained here", error.Message, StringComparison.Ordinal);
    }

    private async Task<byte[]> Train(TrainingOptions options, string name)
    {
        using var trainer = new Trainer(SmallNetwork.Description, Pictures, null, options);
        await trainer.TrainAsync();
        return Exported(trainer, name);
    }

    /// <summary>The numbers of a float32 file; what stands before them names the recipe.</summary>
    private byte[] Exported(Trainer trainer, string name)
    {
        trainer.Export(PathOf(name), new ExportOptions { Element = WeightElement.Float32 });
        var bytes = File.ReadAllBytes(PathOf(name));
        return bytes[(8 + (int)BitConverter.ToInt64(bytes))..];
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Direct(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
