using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;
using Google.Protobuf;

namespace DreamFarm.Protocol.Tests;

public class SliceTests
{
    private const long Plenty = 1 << 24;

    private static readonly WindowShape Shape = new(Height: 96, Width: 352, CoreTop: 16, CoreLeft: 17, CoreHeight: 64, CoreWidth: 315, Top: -32, Left: 4096);

    [Fact]
    public void A_window_arrives_as_it_was_sent()
    {
        using var pixels = Window(Shape);
        using var arrived = Assemble(Sent(pixels, Shape));
        Assert.True(arrived.IsComplete);
        Assert.Equal(Shape, arrived.Shape);
        Assert.Equal(7, arrived.Window);
        Assert.Equal(3, arrived.Objective);
        Assert.True(arrived.Pixels.Span.SequenceEqual(pixels.GetSpan()));
    }

    [Theory]
    [InlineData(8, 8, 1)]
    [InlineData(96, 352, 4)]
    [InlineData(704, 704, 47)]
    [InlineData(8, 170_000, 8)]
    public void Slices_stay_below_a_large_object_unless_one_row_is_longer(int height, int width, int count)
    {
        var shape = new WindowShape(height, width, 0, 0, height, width);
        using var pixels = Window(shape);
        var slices = WindowSlices.Split(1, 1, shape, pixels).ToArray();
        Assert.Equal(count, slices.Length);
        Assert.All(slices, slice => Assert.InRange(slice.CalculateSize(), 1, slice.Rows == 1 ? 1 << 20 : 85_000));
    }

    [Fact]
    public void Sending_refers_to_the_pixels_and_copies_nothing()
    {
        using var pixels = Window(Shape);
        var slice = WindowSlices.Split(1, 1, Shape, pixels).First();
        pixels.GetSpan()[0] = 12345;
        Assert.Equal(12345, BitConverter.ToInt16(slice.Data.Span));
    }

    [Fact]
    public void Any_damaged_byte_of_an_objective_or_a_probe_is_noticed()
    {
        Assert.All<ComputeRequest>(
            [
                new() { Objective = new ObjectiveSetup { Id = 7, Network = "motif", Objective = "l2(5a):1", CanvasHeight = 300, CanvasWidth = 400 } },
                new() { Objective = new ObjectiveSetup { Id = 7, Forget = true } },
                new() { Probe = new Probe { Id = 8, Objective = 7, Shape = WindowSlices.ToWire(Shape) } },
            ],
            message => AllDamageIsNoticed(message.Seal(), ComputeRequest.Parser, damaged => damaged.IsIntact()));
    }

    [Fact]
    public void Any_damaged_byte_of_an_answer_is_noticed()
    {
        Assert.All<ComputeReply>(
            [
                new() { Ready = new Ready { CreditBytes = 1 << 28, Lanes = 2, MaxWindowPixels = 1 << 24 } },
                new() { Objective = new ObjectiveReady { Id = 7, Problem = "no such layer" } },
                new() { Probe = new ProbeDone { Id = 8, Hash = "00ff" } },
                new() { Failed = new WindowFailed { Window = 9, Problem = "out of memory" } },
            ],
            message => AllDamageIsNoticed(message.Seal(), ComputeReply.Parser, damaged => damaged.IsIntact()));
    }

    [Fact]
    public void Any_damaged_byte_of_a_window_slice_is_noticed()
    {
        var shape = new WindowShape(8, 16, 0, 0, 8, 16);
        using var pixels = Window(shape);
        byte[] sent = WindowSlices.Split(5, 6, shape, pixels).Single().ToByteArray();
        for (int i = 0; i < sent.Length; i++)
        {
            byte[] damaged = [.. sent];
            damaged[i] ^= 0x10;
            WindowSlice slice;
            try
            {
                slice = WindowSlice.Parser.ParseFrom(damaged);
            }
            catch (InvalidProtocolBufferException)
            {
                continue;
            }
            using var window = WindowAssembly.Begin(slice, Plenty, out var problem);
            Assert.True(window is null, $"byte {i} was changed and nobody noticed");
            Assert.NotNull(problem);
        }
    }

    [Fact]
    public void Any_damaged_byte_of_a_core_slice_is_noticed()
    {
        var shape = new WindowShape(8, 8, 0, 0, 8, 8);
        using var values = Core(shape);
        byte[] sent = CoreSlices.Split(5, shape, values.Bytes, -9, 0.25, laneSeconds: 0.75).Single().ToByteArray();
        for (int bit = 0; bit < 8 * sent.Length; bit++)
        {
            byte[] damaged = [.. sent];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            CoreSlice slice;
            try
            {
                slice = CoreSlice.Parser.ParseFrom(damaged);
            }
            catch (InvalidProtocolBufferException)
            {
                continue;
            }
            using var core = new CoreAssembly(shape);
            Assert.False(core.TryAdd(slice, out var problem), $"bit {bit} was changed and nobody noticed");
            Assert.NotNull(problem);
        }
    }

    [Fact]
    public void The_checksum_is_CRC32C()
    {
        // RFC 3720, B.4: 32 bytes of zeros. Here four header fields of zero precede no data: the same bytes.
        var checksum = new Checksum();
        for (int i = 0; i < 4; i++)
            checksum.Add(0);
        Assert.Equal(0x8A9136AAu, checksum.Value);

        // The well-known check value of "123456789", by words and by bytes.
        var check = new Checksum();
        check.Add("123456789"u8);
        Assert.Equal(0xE3069283u, check.Value);
    }

    [Fact]
    public void Slices_out_of_order_twice_or_of_another_shape_are_refused()
    {
        using var pixels = Window(Shape);
        var slices = Sent(pixels, Shape);
        using var window = WindowAssembly.Begin(slices[0], Plenty, out _)!;
        Assert.False(window.TryAdd(slices[0], out var problem));
        Assert.Contains("row 0", problem);
        Assert.False(window.TryAdd(slices[2], out problem));
        Assert.Contains("due", problem);
        Assert.Null(WindowAssembly.Begin(slices[1], Plenty, out problem));
        Assert.Contains("row 0 is due", problem);

        var other = Sent(pixels, Shape with { Left = 4080 });
        Assert.False(window.TryAdd(other[1], out problem));
        Assert.Contains("differ", problem);
    }

    [Theory]
    [InlineData(0, 8, 0, 0, 1, 1, "empty")]
    [InlineData(8, -8, 0, 0, 1, 1, "empty")]
    [InlineData(8, 200_000, 0, 0, 1, 1, "wide")]
    [InlineData(5000, 5000, 0, 0, 1, 1, "larger")]
    [InlineData(16, 16, -1, 0, 8, 8, "not inside")]
    [InlineData(16, 16, 0, 9, 8, 8, "not inside")]
    [InlineData(16, 16, 0, 0, 8, 0, "not inside")]
    [InlineData(16, 16, 2, 0, int.MaxValue, 8, "not inside")]
    public void A_shape_that_cannot_be_is_refused_before_memory_is_taken(int height, int width, int top, int left, int coreHeight, int coreWidth, string why)
    {
        var slice = new WindowSlice
        {
            Shape = new Shape { Height = height, Width = width, CoreTop = top, CoreLeft = left, CoreHeight = coreHeight, CoreWidth = coreWidth },
            Rows = 1,
        };
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(WindowAssembly.Begin(slice, Plenty, out var problem));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        Assert.Contains(why, problem);
    }

    [Fact]
    public void A_slice_with_too_much_or_too_little_data_is_refused()
    {
        using var pixels = Window(Shape);
        var slice = Sent(pixels, Shape)[0];
        slice.Data = ByteString.CopyFrom(slice.Data.Span[2..]);
        Assert.Null(WindowAssembly.Begin(slice, Plenty, out var problem));
        Assert.Contains("are due", problem);
        slice.Data = ByteString.CopyFrom(new byte[(1 << 20) + 1]);
        Assert.Null(WindowAssembly.Begin(slice, Plenty, out problem));
        Assert.Contains("the most", problem);
    }

    [Fact]
    public void A_core_arrives_as_it_was_sent_and_outlives_its_assembly()
    {
        using var values = Core(Shape);
        var core = new CoreAssembly(Shape);
        foreach (var slice in CoreSlices.Split(9, Shape, values.Bytes, -17, 1.5, laneSeconds: 0.125))
        {
            Assert.False(core.IsComplete);
            Assert.True(core.TryAdd(slice, out _));
        }
        Assert.True(core.IsComplete);
        Assert.Equal(0.125, core.LaneSeconds);
        using var gradient = core.Take();
        core.Dispose();
        Assert.Equal(-17, gradient.Exponent);
        Assert.Equal(1.5, gradient.Loss);
        Assert.True(gradient.Values.Span.SequenceEqual(values.GetSpan()));
    }

    [Fact]
    public void A_core_that_is_not_finite_is_refused_wherever_it_is_not()
    {
        using var values = Core(Shape);
        foreach (int place in new[] { 0, 12_345, Shape.CoreValues - 1 })
        {
            foreach (var bad in new[] { Half.NaN, Half.PositiveInfinity, Half.NegativeInfinity })
            {
                var good = values.GetSpan()[place];
                values.GetSpan()[place] = bad;
                Assert.Contains(CoreSlices.Split(1, Shape, values.Bytes, 0, 1, 0).Select(Refusal), problem => problem?.Contains("not finite") == true);
                values.GetSpan()[place] = good;
            }
        }
        Assert.All(CoreSlices.Split(1, Shape, values.Bytes, 0, 1, 0).Take(1).Select(Refusal), Assert.Null);
        Assert.Contains("not finite", Refusal(CoreSlices.Split(1, Shape, values.Bytes, 0, double.NaN, 0).First()));
        Assert.Contains("not finite", Refusal(CoreSlices.Split(1, Shape, values.Bytes, int.MinValue, 1, 0).First()));

        // Each slice is looked at as the first of a core that begins there.
        string? Refusal(CoreSlice slice)
        {
            using var core = new CoreAssembly(Shape);
            foreach (var before in CoreSlices.Split(1, Shape, values.Bytes, slice.Exponent, slice.Loss, slice.LaneSeconds).TakeWhile(before => before.FirstRow < slice.FirstRow))
            {
                if (!core.TryAdd(before, out var earlier))
                    return earlier;
            }
            core.TryAdd(slice, out var problem);
            return problem;
        }
    }

    [Fact]
    public void Memory_that_was_given_back_cannot_be_used()
    {
        var buffer = new RowBuffer<short>(100);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.GetSpan());
        Assert.Throws<ObjectDisposedException>(() => buffer.Bytes);
    }

    private static WindowSlice[] Sent(RowBuffer<short> pixels, WindowShape shape) =>
        [.. WindowSlices.Split(7, 3, shape, pixels).Select(slice => WindowSlice.Parser.ParseFrom(slice.ToByteArray()))];

    private static WindowAssembly Assemble(WindowSlice[] slices)
    {
        var window = WindowAssembly.Begin(slices[0], Plenty, out var problem);
        Assert.Null(problem);
        foreach (var slice in slices[1..])
            Assert.True(window!.TryAdd(slice, out _));
        return window!;
    }

    private static RowBuffer<short> Window(WindowShape shape)
    {
        var pixels = new RowBuffer<short>(shape.WindowValues);
        for (int i = 0; i < shape.WindowValues; i++)
            pixels.GetSpan()[i] = (short)(i * 7919);
        return pixels;
    }

    private static RowBuffer<Half> Core(WindowShape shape)
    {
        var values = new RowBuffer<Half>(shape.CoreValues);
        for (int i = 0; i < shape.CoreValues; i++)
            values.GetSpan()[i] = (Half)(i % 1000 - 500);
        return values;
    }

    private static void AllDamageIsNoticed<T>(T message, MessageParser<T> parser, Func<T, bool> isIntact) where T : IMessage<T>
    {
        byte[] sent = message.ToByteArray();
        Assert.True(isIntact(parser.ParseFrom(sent)));
        for (int bit = 0; bit < 8 * sent.Length; bit++)
        {
            byte[] damaged = [.. sent];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            T arrived;
            try
            {
                arrived = parser.ParseFrom(damaged);
            }
            catch (InvalidProtocolBufferException)
            {
                continue;
            }
            Assert.False(isIntact(arrived) && !arrived.Equals(message), $"bit {bit}");
        }
    }
}
