using System.Text;
using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;
using DreamFarm.Protocol.V1;
using Size = DreamFarm.Dreaming.Size;

namespace DreamFarm.Coordinator.Tests;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamfarm-test-");
    private readonly JobFiles _files;
    private readonly JobCheckpoints _checkpoints;
    private readonly Plan _plan;

    public CheckpointFileTests()
    {
        _files = new JobFiles(_folder.FullName);
        _checkpoints = new JobCheckpoints(_files, "job");
        Assert.True(SpecReader.TryRead(new Spec { Network = "motif", Layers = "3a", Octaves = 2, Steps = 9 }, new Size(90, 70), out var plan, out _));
        _plan = plan.Plan;
    }

    [Fact]
    public void A_manifest_is_read_as_it_was_written()
    {
        var manifest = Manifest(new Position(1, 7));
        var read = CheckpointManifest.Parse(manifest.ToFile(), out _);
        Assert.NotNull(read);
        Assert.Equal(manifest.ToFile(), read.ToFile());
        Assert.Equal((new Position(1, 7), "a1b2", manifest.Time), (read.Position, read.NumericsClass, read.Time));
    }

    [Fact]
    public void No_changed_bit_of_a_manifest_goes_unseen()
    {
        byte[] file = Manifest(new Position(1, 7)).ToFile();
        for (int i = 0; i < file.Length * 8; i++)
        {
            byte[] changed = [.. file];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            // Spaces and the case of names mean nothing.
            if (CheckpointManifest.Parse(changed, out string problem) is { } read)
                Assert.Equal(file, read.ToFile());
            else
                Assert.StartsWith("its ", problem);
        }
        for (int length = 0; length < file.Length; length++)
            Assert.Null(CheckpointManifest.Parse(file.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("", "its manifest is not readable")]
    [InlineData("null", "its format is 0, and this program reads format 1")]
    [InlineData("[]", "its manifest is not readable")]
    [InlineData("{}", "its manifest is not readable")]
    [InlineData("""{"format":1}""", "its manifest is not readable")]
    [InlineData("""{"format":2,"what":"is new"}""", "its format is 2, and this program reads format 1")]
    [InlineData("""{"format":1,"job":null,"octave":1,"steps":1,"time":"2026-01-01T00:00:00Z","height":1,"width":1,"fingerprint":"","numericsClass":"","parts":[]}""", "its manifest is not readable")]
    [InlineData("""{"format":1,"job":"a","octave":1,"steps":1,"time":"2026-01-01T00:00:00Z","height":1,"width":1,"fingerprint":"","numericsClass":"","parts":[null]}""", "its manifest has other bytes than were written")]
    public void What_is_no_manifest_is_said(string text, string expected)
    {
        Assert.Null(CheckpointManifest.Parse(Encoding.UTF8.GetBytes(text), out string problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public async Task A_manifest_of_another_dream_or_of_other_sizes_is_none_of_this_job()
    {
        var right = Manifest(new Position(1, 7));
        foreach (var (wrong, expected) in new[]
        {
            (right with { Job = "other" }, "it belongs to job other"),
            (right with { Fingerprint = "other" }, "it belongs to other settings"),
            (right with { Steps = 6 }, "it lies in another's folder"),
            (right with { Width = right.Width + 1 }, "its sizes are not those of the job"),
            (right with { Parts = [] }, "its sizes are not those of the job"),
            (right with { Parts = [new CheckpointManifest.Part(1, 1)] }, "its sizes are not those of the job"),
        })
        {
            _checkpoints.Prepare(right.Position);
            await CommitAsync(right);
            File.WriteAllBytes(Path.Combine(Folder(right.Position), "manifest.json"), wrong.ToFile());
            Assert.Null(_checkpoints.Read(right.Position, _plan, "fingerprint", out string problem));
            Assert.Equal(expected, problem);
        }
        foreach (var outside in new Position[] { new(2, 1), new(0, 10), new(1, 0) })
        {
            _checkpoints.Prepare(outside);
            await CommitAsync(right with { Octave = outside.Octave, Steps = outside.Steps });
            Assert.Null(_checkpoints.Read(outside, _plan, "fingerprint", out string problem));
            Assert.Equal("its sizes are not those of the job", problem);
        }
    }

    [Fact]
    public async Task The_newest_two_are_kept_and_an_unfinished_one_is_cleared()
    {
        foreach (var position in new Position[] { new(0, 3), new(0, 9), new(1, 1), new(1, 2) })
        {
            _checkpoints.Prepare(position);
            await CommitAsync(Manifest(position));
        }
        _checkpoints.Prepare(new Position(1, 3));
        File.WriteAllText(_checkpoints.Part(new Position(1, 3), 0), "half of it");
        Assert.Equal([new Position(1, 2), new Position(1, 1)], _checkpoints.Positions());
        Assert.Equal(2, _checkpoints.Newest()!.Steps);

        _checkpoints.DeleteUnfinished();
        Assert.Equal(["01-00001", "01-00002"], Directory.GetDirectories(_files.Checkpoints("job")).Select(Path.GetFileName).Order());
        Assert.Equal(["manifest.json"], Directory.GetFiles(Folder(new Position(1, 2))).Select(Path.GetFileName));
        _checkpoints.DeleteAll();
        Assert.Empty(_checkpoints.Positions());
    }

    [Fact]
    public void Rows_are_read_as_they_were_written_or_not_at_all()
    {
        var position = new Position(1, 7);
        var octave = _plan.Octaves[1];
        short[] pixels = [.. Enumerable.Range(0, octave.Size.Height * octave.Size.Width * 3).Select(i => (short)(i * 31))];
        using var band = new CanvasBand(_plan, new Nothing(octave.Size), 1, 0);
        band.Load(7, rows => pixels.CopyTo(rows));
        _checkpoints.Prepare(position);
        string path = _checkpoints.Part(position, 0);
        var (bytes, checksum) = CheckpointPart.Write(path, position, band, octave.Size.Width, CancellationToken.None);
        Assert.Equal((pixels.Length * 2, new FileInfo(path).Length), (bytes, bytes));

        var read = new short[pixels.Length];
        CheckpointPart.Read(path, position, 0, checksum, read, CancellationToken.None);
        Assert.Equal(pixels, read);

        // A part of another step, or of another band, has another checksum.
        Assert.Equal("its part 1 has other bytes than were written", Problem(position with { Steps = 6 }, 0));
        Assert.Equal("its part 2 has other bytes than were written", Problem(position, 1));
        byte[] file = File.ReadAllBytes(path);
        file[12345] ^= 4;
        File.WriteAllBytes(path, file);
        Assert.Equal("its part 1 has other bytes than were written", Problem(position, 0));
        File.WriteAllBytes(path, file[..^1]);
        Assert.Equal($"its part 1 has {file.Length - 1} bytes instead of {file.Length}", Problem(position, 0));
        File.Delete(path);
        Assert.Equal("its part 1 is missing", Problem(position, 0));

        string Problem(Position at, int band) =>
            Assert.Throws<JobProblem>(() => CheckpointPart.Read(path, at, band, checksum, read, CancellationToken.None)).Message;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task CommitAsync(CheckpointManifest manifest) => _checkpoints.CommitAsync(manifest, TestContext.Current.CancellationToken);

    private string Folder(Position position) => Path.GetDirectoryName(_checkpoints.Part(position, 0))!;

    private CheckpointManifest Manifest(Position position)
    {
        var size = _plan.Octaves[position.Octave].Size;
        return new CheckpointManifest
        {
            Job = "job",
            Octave = position.Octave,
            Steps = position.Steps,
            Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Height = size.Height,
            Width = size.Width,
            Fingerprint = "fingerprint",
            NumericsClass = "a1b2",
            Parts = [new CheckpointManifest.Part(6 * size.Pixels, 0xdeadbeef)],
        };
    }

    /// <summary>A loaded band does not look at the input.</summary>
    private sealed class Nothing(Size size) : IOriginal
    {
        public Size Size => size;

        public void ReadRows(int first, int rows, Span<float> destination) => throw new NotSupportedException();
    }
}
