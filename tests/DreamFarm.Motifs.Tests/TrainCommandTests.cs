using System.Buffers.Binary;
using System.Text.Json.Nodes;
using DreamFarm.Networks;
using DreamFarm.Training;

namespace DreamFarm.Motifs.Tests;

/// <summary>The built-in network trained for two small batches: what becomes of it, not what it learns.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private static readonly TrainingOptions _twoBatches = new() { Crop = 32, Batch = 2, Epochs = 4.0 / MotifPainter.Names.Count, Clean = 1, Threads = 1, Seed = 5 };

    private readonly string _folder = Directory.CreateTempSubdirectory("motifs").FullName;

    private string Output => Path.Combine(_folder, "motif.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_weights_are_float16_and_say_what_trained_them_and_load_as_the_builtin_network()
    {
        using var log = new StringWriter();
        await TrainCommand.TrainAsync(Output, _twoBatches, 1, 1, "0123abcd", log, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Contains("2 of 2", log.ToString());
        Assert.Equal([Output], Directory.GetFiles(_folder));
        var metadata = await ReadMetadataAsync();
        Assert.Null(metadata["dreamfarm.network"]);
        var training = JsonNode.Parse((string)metadata[Trainer.MetadataKey]!)!;
        Assert.Equal("0123abcd", (string?)training["commit"]);
        Assert.Equal(5, (int?)training["recipe"]!["seed"]);
        Assert.InRange((double)training["accuracy"]!, 0, 1);
        Assert.Equal(MotifPainter.Names, training["classes"]!.AsArray().Select(name => (string)name!));

        using var weights = BuiltInNetwork.Load(Output);
        Assert.Equal("motif", weights.Network.Name);
        Assert.Equal(WeightElement.Float16, weights["conv1.weight"].Element);
        Assert.Equal(0, await CommandRun.RunAsync(["measure", Output, "--count", "1"]));
    }

    [Fact]
    public async Task An_interrupted_training_goes_on_to_the_same_weights()
    {
        await TrainCommand.TrainAsync(Output, _twoBatches, 1, 1, null, TextWriter.Null, TimeProvider.System, TestContext.Current.CancellationToken);
        var whole = await File.ReadAllBytesAsync(Output, TestContext.Current.CancellationToken);
        File.Delete(Output);

        // Cancelled by the line that tells of the first batch.
        using var ending = new CancellationTokenSource();
        using var cancelling = new FirstLine(ending);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainCommand.TrainAsync(Output, _twoBatches, 1, 1, null, cancelling, TimeProvider.System, ending.Token));
        Assert.Equal([$"{Output}.checkpoint"], Directory.GetFiles(_folder));

        using var log = new StringWriter();
        await TrainCommand.TrainAsync(Output, _twoBatches, 1, 1, null, log, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Contains("goes on from", log.ToString());
        Assert.DoesNotContain("1 of 2", log.ToString());
        Assert.Equal(whole, await File.ReadAllBytesAsync(Output, TestContext.Current.CancellationToken));
        Assert.Equal([Output], Directory.GetFiles(_folder));
    }

    private async Task<JsonNode> ReadMetadataAsync()
    {
        var bytes = await File.ReadAllBytesAsync(Output, TestContext.Current.CancellationToken);
        var header = bytes.AsSpan(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return JsonNode.Parse(header)!["__metadata__"]!;
    }

    private sealed class FirstLine(CancellationTokenSource ending) : StringWriter
    {
        public override void WriteLine(string? value) => ending.Cancel();
    }
}
