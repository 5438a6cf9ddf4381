using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator.Tests;

public class NeighbourTests
{
    // Wider than one slice holds.
    private const int Width = 200_000;

    private static readonly Octave Wide = Plan.Create(new DreamSpec
    {
        Input = new Size(48, Width),
        Output = new Size(48, Width),
        Stride = 8,
        Context = 16,
        Tile = 16,
        MaxRoll = 0,
    }, out _)!.Octaves[0];

    [Theory]
    [InlineData(5, 100, 13, 700, false)]
    [InlineData(0, 0, 24, Width, false)]
    [InlineData(0, 0, 3, Width, true)]
    [InlineData(2, 1000, 9, 180_000, true)]
    public async Task Pixels_read_in_slices_are_those_that_the_band_has(int top, int left, int height, int width, bool mirrored)
    {
        var band = new StoredBand();
        var neighbours = new GrainNeighbours(_ => band, Wide);
        var rectangle = new Rectangle(top, left, height, width);
        var window = new short[(height + 1) * 3 * (width + 5)];
        var expected = new short[window.Length];
        var placement = new Placement(window, width + 5, mirrored ? height : 1, mirrored ? -1 : 1, 2, mirrored);
        await neighbours.ReadAsync(0, 0, rectangle, placement, CancellationToken.None);
        StoredBand.Put(rectangle, placement with { Window = expected });
        Assert.True(expected.AsSpan().SequenceEqual(window));
        Assert.InRange(band.LargestBytes, 1, 1 << 20);
    }

    [Theory]
    [InlineData(5, 100, 13, 700)]
    [InlineData(0, 0, 7, Width)]
    public async Task Rows_of_the_gradient_read_in_slices_are_those_that_the_band_has(int top, int left, int height, int width)
    {
        var band = new StoredBand();
        var values = new float[height * 3 * width];
        await new GrainNeighbours(_ => band, Wide).ReadGradientAsync(0, 0, new Rectangle(top, left, height, width), values, CancellationToken.None);
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(StoredBand.GradientAt(top + i / (3 * width), i / width % 3, left + i % width), values[i]);
        Assert.InRange(band.LargestBytes, 1, 1 << 20);
    }

    [Fact]
    public async Task A_core_is_handed_over_in_slices()
    {
        var band = new StoredBand();
        var neighbours = new GrainNeighbours(_ => band, Wide);
        var values = Enumerable.Range(0, 600 * 3 * 512).Select(i => (Half)(i % 1999)).ToArray();
        await neighbours.HandAsync(0, 0, new CoreRows(1, 2, -5, 1000, 600, values), CancellationToken.None);
        Assert.Equal(values, band.Taken);
        Assert.InRange(band.LargestBytes, 1, 1 << 20);
    }

    [Fact]
    public void A_slice_is_a_message_that_orleans_takes() =>
        Assert.True(PixelSlice.RowsThatFit(512) * 512 * 6 <= PixelSlice.MaxBytes && PixelSlice.MaxBytes * 50 < 100 << 20);

    private sealed class StoredBand : IBandGrain
    {
        public int LargestBytes { get; private set; }

        public List<Half> Taken { get; } = [];

        public static void Put(Rectangle rectangle, Placement placement)
        {
            var line = new short[rectangle.Width];
            for (int row = 0; row < rectangle.Height; row++)
            {
                for (int plane = 0; plane < 3; plane++)
                {
                    for (int x = 0; x < line.Length; x++)
                        line[x] = (short)((rectangle.Top + row) * 7919 + plane * 104729 + (rectangle.Left + x) * 31);
                    placement.Put(row, plane, line);
                }
            }
        }

        public Task<PixelSlice> ReadAsync(int step, int top, int left, int height, int width)
        {
            var slice = PixelSlice.Rent(height, width);
            LargestBytes = Math.Max(LargestBytes, slice.Bytes);
            Put(new Rectangle(top, left, height, width), new Placement(slice.As<short>(), width, 0, 1, 0, false));
            return Task.FromResult(slice);
        }

        public Task<PixelSlice> ReadGradientAsync(int step, int top, int left, int height, int width)
        {
            var slice = PixelSlice.Rent(height, 2 * width);
            LargestBytes = Math.Max(LargestBytes, slice.Bytes);
            var values = slice.Span<float>();
            for (int i = 0; i < values.Length; i++)
                values[i] = GradientAt(top + i / (3 * width), i / width % 3, left + i % width);
            return Task.FromResult(slice);
        }

        public static float GradientAt(int row, int plane, int column) => (row * 3 + plane) * 1e-3f + column;

        public Task TakeAsync(int step, HandedRows rows)
        {
            Assert.Equal((1, 2, -5, 1000 + Taken.Count / (3 * 512)), (rows.TileRow, rows.TileColumn, rows.Exponent, rows.Top));
            LargestBytes = Math.Max(LargestBytes, rows.Values.Bytes);
            Taken.AddRange(rows.Values.Span<Half>());
            return Task.CompletedTask;
        }

        public Task OpenAsync(BandOrder order) => throw new NotSupportedException();

        public Task SumChannelsAsync(string[] layers, string? trace) => throw new NotSupportedException();

        public Task GradientAsync(int step, string objective, string? trace) => throw new NotSupportedException();

        public Task MeasureAsync(int step, double[] levels, string? trace) => throw new NotSupportedException();

        public Task AscendAsync(int step, double[] levels, double gradient) => throw new NotSupportedException();

        public Task WriteAsync() => throw new NotSupportedException();

        public Task LoadAsync(BandOrder order, int steps, uint checksum) => throw new NotSupportedException();

        public Task KeepAsync(int steps) => throw new NotSupportedException();

        public Task ReleaseAsync() => throw new NotSupportedException();

        public Task<BandStatus> StatusAsync() => throw new NotSupportedException();

        public Task<PreviewRows> PreviewAsync(int height, int width) => throw new NotSupportedException();
    }
}
