namespace DreamFarm.Dreaming.Tests;

public class ResizerTests
{
    // torch.nn.functional.interpolate of ((i * 37) % 23) / 11 - 1, bilinear, antialias when shrinking.
    private static readonly float[] _shrunk = [
        -0.01208591f, -0.01103895f, 0.1163818f, -0.04465709f, -0.0707792f, -0.1703154f, 0.1737635f, 0.03876303f, 0.09775548f, -0.1755553f, 0.02237093f, -0.0616318f,
        -0.1119508f, -0.02110392f, -0.1043684f, 0.116194f, -0.05479886f, 0.1428572f, -0.1473098f, -0.04948977f, 0.06780589f, 0.01995903f, 0.1425325f, -0.2055658f];

    private static readonly float[] _mixed = [
        -0.9350649f, -0.3782468f, 0.286526f, -0.2248376f, -0.08279219f, 0.7126624f, 0.3319806f, -0.02597401f, -0.7727273f, -0.2159091f, 0.4488637f, -0.0625f,
        -0.00213068f, 0.6299716f, 0.3799716f, 0.1363636f, -0.6103896f, -0.05357142f, 0.6112013f, 0.09983767f, -0.3181818f, -0.6428571f, -0.1274351f, 0.2987013f];

    private static readonly float[] _grownFirstRows = [
        -1.0f, -0.4214876f, 0.1983471f, -0.322314f, -0.08264467f, 0.7272726f, 0.2066116f, -0.3140495f, -0.8347107f, -0.2148761f, 0.3636364f,
        -0.7613636f, -0.1828513f, 0.4369835f, -0.08367763f, -0.1766529f, 0.05113635f, 0.1126033f, -0.07541312f, -0.5960743f, 0.0237602f, 0.6022727f];

    [Fact]
    public async Task Shrinking_is_pytorchs_antialiased_bilinear() => Close(_shrunk, await ResizeAsync(new(9, 13), new(4, 6), slab: 4));

    [Fact]
    public async Task Growing_is_pytorchs_bilinear() => Close(_grownFirstRows, (await ResizeAsync(new(5, 7), new(8, 11), slab: 8))[..22]);

    [Fact]
    public async Task Shrinking_one_side_and_growing_the_other_is_pytorchs_too() => Close(_mixed, await ResizeAsync(new(6, 5), new(3, 8), slab: 3));

    [Fact]
    public async Task The_same_size_changes_no_bit() =>
        Assert.Equal(Enumerable.Range(0, 63).Select(i => Value(i)), await ResizeAsync(new(7, 9), new(7, 9), slab: 2));

    [Fact]
    public async Task Rows_made_one_by_one_have_the_bits_of_rows_made_at_once() =>
        Assert.Equal(await ResizeAsync(new(40, 30), new(23, 41), slab: 23), await ResizeAsync(new(40, 30), new(23, 41), slab: 1));

    /// <summary>The first plane of a resized pattern whose three planes are equal.</summary>
    private static async Task<float[]> ResizeAsync(Size source, Size target, int slab)
    {
        var resizer = new Resizer(source, target);
        var plane = new List<float>();
        var rows = new float[slab * 3 * target.Width];
        for (int first = 0; first < target.Height; first += slab)
        {
            int count = Math.Min(slab, target.Height - first);
            await resizer.RowsAsync(first, count, (top, lines, destination, _) =>
            {
                for (int i = 0; i < lines * 3 * source.Width; i++)
                    destination.Span[i] = Value((top + i / (3 * source.Width)) * source.Width + i % source.Width);
                return ValueTask.CompletedTask;
            }, rows.AsMemory(0, count * 3 * target.Width), TestContext.Current.CancellationToken);
            for (int row = 0; row < count; row++)
                plane.AddRange(rows.AsSpan(row * 3 * target.Width, target.Width));
        }
        return [.. plane];
    }

    private static float Value(int i) => i * 37 % 23 / 11f - 1;

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-6f, $"value {i}: {actual[i]} for {expected[i]}");
    }
}
