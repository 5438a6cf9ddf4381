namespace DreamFarm.Networks.Tests;

/// <summary>What becomes of tensors that are written.</summary>
public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamfarm-tests-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Numbers_and_metadata_are_read_back_from_a_file_whose_name_is_as_long_as_names_can_be()
    {
        var path = Path.Combine(_folder, new string('n', 255));
        Write(path, 1.5f);
        Assert.Equal([path], Directory.GetFiles(_folder));
        using var file = WeightFile.Open(path);
        Assert.Equal("é\n\"", file.Metadata["said"]);
        Assert.Equal([1.5f, -1.5f], file.Tensors["a"].ToArray());
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_but_the_older_one()
    {
        var path = Path.Combine(_folder, "file");
        Write(path, 1);
        var before = File.ReadAllBytes(path);
        Assert.Contains("Tensor a holds 70000", Assert.Throws<ArgumentException>(() => Write(path, 70_000)).Message);
        Assert.Equal(before, File.ReadAllBytes(path));

        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        Assert.ThrowsAny<SystemException>(() => Write(Path.Combine(_folder, "folder"), 1));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    private static void Write(string path, float value) =>
        SafetensorsWriter.Write(path, WeightElement.Float16, new Dictionary<string, string> { ["said"] = "é\n\"" }, [("a", [2], new[] { value, -value })]);
}
