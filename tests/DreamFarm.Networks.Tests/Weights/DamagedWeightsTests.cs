using System.Diagnostics;

namespace DreamFarm.Networks.Tests;

/// <summary>Thousands of damaged files, the same ones every time: each is read or refused in a sentence, quickly and in little memory.</summary>
public class DamagedWeightsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_safetensors_are_read_or_refused(int seed) => Damage(seed, SafetensorsTests.Build(
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F16","shape":[2],"data_offsets":[24,28]}}""",
        Enumerable.Range(0, 28).Select(i => (byte)i).ToArray()));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_pth_files_are_read_or_refused(int seed) => Damage(seed, Pickle.Sound());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_files_of_old_PyTorch_are_read_or_refused(int seed) => Damage(seed, OldPyTorchTests.Sound());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_caffemodels_are_read_or_refused(int seed)
    {
        Damage(seed, CaffeFile.Sound());
        Damage(seed, CaffeFile.OldSound());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Pickles_of_random_opcodes_are_read_or_refused(int seed)
    {
        // Whole opcodes in random order reach deeper than damaged bytes.
        var pieces = new Func<Pickle, Pickle>[]
        {
            p => p.Op('('), p => p.Op('t'), p => p.Op(')'), p => p.Op('}'), p => p.Op('s'), p => p.Op('u'), p => p.Op('R'), p => p.Op('Q'), p => p.Op('b'),
            p => p.Raw(0x85), p => p.Raw(0x86), p => p.Raw(0x87), p => p.Raw(0x88), p => p.Number(3), p => p.Numbers(2, 3), p => p.Text("0"), p => p.Text("storage"),
            p => p.Global("torch._utils", "_rebuild_tensor_v2"), p => p.Global("torch._utils", "_rebuild_parameter"), p => p.Global("torch", "FloatStorage"),
            p => p.EmptyOrderedDictionary(), p => p.Storage("FloatStorage", "0", 6), p => p.Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]),
            p => p.Raw((byte)'q', 0), p => p.Raw((byte)'h', 0), p => p.Raw((byte)'j', 1, 0, 0, 0), p => p.Raw((byte)'r', 1, 0, 0, 0),
        };
        var random = new Random(seed);
        for (var i = 0; i < 4000; i++)
        {
            var pickle = Pickle.Start.Op('}');
            for (var length = random.Next(1, 40); length > 0; length--)
                pieces[random.Next(pieces.Length)](pickle);
            ReadOrRefuse(Pickle.Archive(pickle.Stop(), ("0", new byte[24])), $"random pickle {i} of seed {seed}");
        }
    }

    private static void Damage(int seed, byte[] sound)
    {
        ReadOrRefuse(sound, "the sound file");
        var random = new Random(seed);
        ReadOnlySpan<byte> telling = [0, 1, 0x7f, 0x80, 0xff, (byte)'"', (byte)'{', (byte)'}', (byte)'9', (byte)'-', (byte)'.', (byte)'R', (byte)'('];
        for (var i = 0; i < 4000; i++)
        {
            var damaged = sound.ToList();
            for (var changes = random.Next(1, 5); changes > 0 && damaged.Count > 4; changes--)
            {
                var at = random.Next(damaged.Count);
                switch (random.Next(6))
                {
                    case 0:
                        damaged[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 1:
                        damaged[at] = telling[random.Next(telling.Length)];
                        break;
                    case 2:
                        damaged.RemoveRange(at, Math.Min(random.Next(1, 20), damaged.Count - at));
                        break;
                    case 3:
                        damaged.InsertRange(at, damaged.Skip(random.Next(damaged.Count)).Take(random.Next(1, 20)).ToArray());
                        break;
                    case 4:
                        for (var j = at; j < Math.Min(at + 4, damaged.Count); j++)
                            damaged[j] = 0xff;
                        break;
                    default:
                        damaged.Insert(at, (byte)random.Next(256));
                        break;
                }
            }

            ReadOrRefuse([.. damaged], $"damaged file {i} of seed {seed}: {Convert.ToHexString([.. damaged])}");
        }
    }

    private static void ReadOrRefuse(byte[] content, string what)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var file = SafetensorsTests.Open(content);
            foreach (var tensor in file.Tensors.Values)
                tensor.ToArray();
        }
        catch (WeightsException error)
        {
            Assert.DoesNotContain('\n', error.Message);
        }
        catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"{what}\n{error}");
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 1 << 20, $"{what} took {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes.");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"{what} took {Stopwatch.GetElapsedTime(started)}.");
    }
}
