using Orleans.Concurrency;
using Orleans.Serialization;

namespace StandIns.Orleans.Tests.Messages;

public sealed class MessageTests : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public async ValueTask InitializeAsync() => _silo = await TestSilo.StartAsync();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private IMessagesGrain Grain => _silo.Client.GetGrain<IMessagesGrain>(-7);

    private static bool IsStandIn => typeof(Grain).Assembly.GetName().Name == "StandIns.Orleans";

    [Fact]
    public async Task An_argument_is_copied()
    {
        var mine = new byte[] { 1, 2, 3 };
        await Grain.KeepAsync(mine);
        mine[0] = 99;
        Assert.NotSame(mine, _silo.Journal.Seen);
        Assert.Equal([1, 2, 3], await Grain.KeptAsync());
    }

    [Fact]
    public async Task A_result_is_copied()
    {
        await Grain.KeepAsync([1, 2, 3]);
        (await Grain.KeptAsync())[0] = 99;
        Assert.Equal([1, 2, 3], await Grain.KeptAsync());
    }

    [Fact]
    public async Task An_immutable_parameter_is_passed_by_reference()
    {
        var mine = new byte[] { 1, 2, 3 };
        await Grain.KeepImmutableAsync(mine);
        Assert.Same(mine, _silo.Journal.Seen);
    }

    [Fact]
    public async Task A_value_wrapped_as_immutable_is_passed_by_reference()
    {
        var mine = new byte[] { 1, 2, 3 };
        await Grain.KeepWrappedAsync(mine.AsImmutable());
        Assert.Same(mine, _silo.Journal.Seen);
    }

    [Fact]
    public async Task An_immutable_type_is_passed_by_reference()
    {
        var rows = new FrozenRows([4, 5]);
        var back = await Grain.EchoAsync(rows);
        Assert.Same(rows, _silo.Journal.Seen);
        Assert.Same(rows, back);
        Assert.Same(await Grain.FrozenAsync(), _silo.Journal.Seen);
    }

    [Fact]
    public async Task Members_with_an_id_travel_and_others_do_not()
    {
        var palette = new Palette { Name = "dusk", Colours = { 1, 2 }, Weights = [3, 4], Note = "stays here" };
        var back = Assert.IsType<Palette>(await Grain.EchoAsync(palette));
        Assert.NotSame(palette, back);
        Assert.Equal("dusk", back.Name);
        Assert.Equal([1, 2], back.Colours);
        Assert.NotSame(palette.Colours, back.Colours);
        Assert.Equal([3, 4], back.Weights);
        Assert.NotSame(palette.Weights, back.Weights);
        Assert.Null(back.Note);
    }

    [Fact]
    public async Task A_derived_message_carries_its_bases_members_and_its_cycles()
    {
        var framed = new FramedPalette { Name = "dawn", Weights = [5] };
        framed.Inner = framed;
        var back = Assert.IsType<FramedPalette>(await Grain.EchoAsync(framed));
        Assert.Equal("dawn", back.Name);
        Assert.Equal([5], back.Weights);
        Assert.Same(back, back.Inner);
        Assert.NotSame(framed, back);
    }

    [Fact]
    public async Task A_records_parameters_travel_without_ids()
    {
        var stroke = new Stroke(3, [1, 2]) { Brush = "hog", Note = "stays here" };
        var back = Assert.IsType<Stroke>(await Grain.EchoAsync(stroke));
        Assert.Equal((3, "hog", null), (back.Width, back.Brush, back.Note));
        Assert.Equal([1, 2], back.Points);
        Assert.NotSame(stroke.Points, back.Points);

        var cell = new Cell(1, 2, [3]);
        var cellBack = Assert.IsType<Cell>(await Grain.EchoAsync(cell));
        Assert.Equal((1, 2), (cellBack.X, cellBack.Y));
        Assert.Equal([3], cellBack.Values);
        Assert.NotSame(cell.Values, cellBack.Values);
    }

    [Fact]
    public async Task Collections_tuples_and_nullables_travel()
    {
        var (count, values) = await Grain.SumAsync(new() { ["a"] = [4, 2], ["b"] = [9] }, extra: 7, more: new byte[] { 1, 3 }.AsMemory(1));
        Assert.Equal(5, count);
        Assert.Equal([2, 3, 4, 7, 9], values);

        var grid = new[,] { { 1, 2 }, { 3, 4 } };
        Assert.Equal(grid, await Grain.EchoAsync(grid));
        var nested = new List<KeyValuePair<string, string[]>> { new("x", ["y", "z"]) };
        Assert.Equivalent(nested, await Grain.EchoAsync(nested));
    }

    [Fact]
    public async Task A_type_without_a_serializer_attribute_is_refused()
    {
        var failure = await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain.EchoAsync(new Unmarked { Name = "x" }));
        Assert.Contains(nameof(Unmarked), failure.Message);
        await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain.EchoAsync(new List<Unmarked> { new() }));
    }

    [Fact]
    public async Task A_result_without_a_serializer_attribute_is_refused()
    {
        var failure = await Assert.ThrowsAsync<CodecNotFoundException>(Grain.UnmarkedAsync);
        Assert.Contains(nameof(Unmarked), failure.Message);
    }

    [Fact]
    public async Task A_message_of_more_than_100_MB_is_refused_even_by_reference()
    {
        Assert.SkipUnless(IsStandIn, "Official Orleans refuses large messages only between silos.");
        var failure = await Assert.ThrowsAsync<OrleansException>(() => Grain.KeepImmutableAsync(new byte[100 * 1024 * 1024 + 1]));
        Assert.Contains("MaxMessageBodySize", failure.Message);
    }

    [Fact]
    public async Task An_integer_key_comes_back_as_it_was() => Assert.Equal(-7, await Grain.KeyAsync());
}
