using DreamFarm.Dreaming;

namespace DreamFarm.Networks.Tests;

/// <summary>Channels that are chosen by a measurement.</summary>
public class OctaveObjectivesTests
{
    private static readonly NetworkGeometry Motif = new(NetworkCatalog.Find("motif")!);

    private static readonly IReadOnlyList<Octave> Octaves = Plan.Create(
        new DreamSpec { Input = new Size(128, 128), Output = new Size(128, 128), Octaves = 3, Stride = 8, Context = 0 }, out _)!.Octaves;

    [Theory]
    // The means are 5, 1, 9, 9, 3, -4 and then 2 for every other: their mean lies between 2 and 3.
    [InlineData("strongest 3", "0,2-3")]
    [InlineData("strongest 1", "2")]
    [InlineData("weakest 2", "1,5")]
    [InlineData("weakest 4", "1,5-7")]
    [InlineData("average 2", "6-7")]
    public void Channels_are_ranked_by_their_means_and_of_equals_the_lower_is_taken(string rank, string chosen)
    {
        double[] sums = [.. Enumerable.Repeat(2.0, Motif["3a"].Channels)];
        new double[] { 5, 1, 9, 9, 3, -4 }.CopyTo(sums, 0);
        var objectives = Of($"3a[{rank}]:0.5");
        Assert.True(objectives.AreChosen);
        Assert.Equal([new MeasuredLayer("3a", sums.Length)], objectives.Measures(Octaves[0]));
        Assert.Equal($"l2(3a[{chosen}]):0.5", objectives.Choose(Octaves[0], null, sums));
    }

    [Fact]
    public void All_channels_can_be_chosen()
    {
        int channels = Motif["3a"].Channels;
        var sums = Enumerable.Range(0, channels).Select(channel => (double)(channel * 7 % 5)).ToArray();
        foreach (string rank in (string[])["strongest", "weakest", "average"])
            Assert.Equal($"l2(3a[0-{channels - 1}]):1", Of($"3a[{rank} {channels}]").Choose(Octaves[0], null, sums));
    }

    [Fact]
    public void What_is_chosen_once_is_measured_in_the_first_octave_and_kept_afterwards()
    {
        var objectives = Of("3a[strongest 2 once],4a[weakest 1]:-2,3a:0.5");
        double[] first = [.. Sums("3a", 4, 8), .. Sums("4a", 1)];
        Assert.Equal(["3a", "4a"], objectives.Measures(Octaves[0]).Select(layer => layer.Layer));
        string begun = objectives.Choose(Octaves[0], null, first);
        Assert.Equal("l2(3a[4,8]):1,l2(4a[0]):-2,l2(3a):0.5", begun);

        Assert.Equal(["4a"], objectives.Measures(Octaves[1]).Select(layer => layer.Layer));
        Assert.Equal("l2(3a[4,8]):1,l2(4a[1]):-2,l2(3a):0.5", objectives.Choose(Octaves[1], begun, Sums("4a", 0)));
        Assert.Throws<InvalidOperationException>(() => objectives.Choose(Octaves[1], null, Sums("4a", 0)));
        Assert.Throws<InvalidOperationException>(() => objectives.Choose(Octaves[1], "l2(3a[4,8]):1", Sums("4a", 0)));
    }

    [Fact]
    public void One_measurement_of_a_layer_serves_all_terms()
    {
        var objectives = Of("3a[strongest 2]:1,3a[weakest 1]:-1");
        Assert.Single(objectives.Measures(Octaves[2]));
        Assert.Equal("l2(3a[4,8]):1,l2(3a[0]):-1", objectives.Choose(Octaves[2], "l2(3a[1-2]):1,l2(3a[7]):-1", Sums("3a", 4, 8)));
    }

    [Fact]
    public void Two_terms_that_chose_the_same_channels_add_up_and_may_not_come_to_nothing()
    {
        var objectives = Of("3a[strongest 2]:1,3a[4,8]:0.5");
        string chosen = objectives.Choose(Octaves[0], null, Sums("3a", 4, 8));
        Assert.Equal("l2(3a[4,8]):1,l2(3a[4,8]):0.5", chosen);
        Assert.True(objectives.IsChoice(chosen));
        Assert.True(ObjectiveSyntax.TryParse(chosen, Motif, out var objective, out _));
        Assert.Equal("l2(3a[4,8]):1.5", objective.ToString());

        var nothing = Of("3a[strongest 2]:1,3a[4,8]:-1");
        var error = Assert.Throws<GradientException>(() => nothing.Choose(Octaves[0], null, Sums("3a", 4, 8)));
        Assert.Equal("octave 1: the channels that were chosen cancel each other out: l2(3a[4,8]):1,l2(3a[4,8]):-1", error.Message);
    }

    [Fact]
    public void An_objective_without_ranks_measures_nothing_and_stays_as_it_is()
    {
        var objectives = Of("3a[4,8]:2,4a");
        Assert.False(objectives.AreChosen);
        Assert.Empty(objectives.Measures(Octaves[0]));
        Assert.Equal("l2(3a[4,8]):2,l2(4a):1", objectives.Choose(Octaves[0], null, []));
        Assert.Equal("l2(3a[4,8]):2,l2(4a):1", objectives.Choose(Octaves[1], "l2(3a[4,8]):2,l2(4a):1", []));
    }

    [Theory]
    [InlineData("l2(3a[4,8]):1", true)]
    [InlineData("l2(3a[4]):1", false)]
    [InlineData("l2(3a):1", false)]
    [InlineData("l2(3a[4,8]):2", false)]
    [InlineData("mean(3a[4,8]):1", false)]
    [InlineData("l2(4a[4,8]):1", false)]
    [InlineData("l2(3a[4,8]):1,l2(4a):1", false)]
    [InlineData("l2(3a[strongest 2]):1", false)]
    [InlineData("once upon a time", false)]
    [InlineData("", false)]
    public void Only_what_can_have_been_chosen_is_taken_for_a_choice(string text, bool isOne) => Assert.Equal(isOne, Of("3a[strongest 2]").IsChoice(text));

    [Fact]
    public void The_probe_asks_for_gradients_of_the_same_layers_and_never_for_nothing()
    {
        Assert.Equal("l2(3a[4,8]):2", OctaveObjectives.ProbeOf(Parse("3a[4,8]:2")).ToString());
        Assert.Equal("l2(3a):3,l2(4a):1", OctaveObjectives.ProbeOf(Parse("3a[strongest 2]:1,3a[weakest 2]:-3,4a[1]")).ToString());
    }

    /// <summary>Sums of a layer's channels: some high, the first alone below the others.</summary>
    private static double[] Sums(string layer, params int[] high)
    {
        double[] sums = [.. Enumerable.Repeat(3.0, Motif[layer].Channels)];
        sums[0] = 1;
        foreach (int channel in high)
            sums[channel] = 10;
        return sums;
    }

    private static OctaveObjectives Of(string layers) => new(Parse(layers), Motif);

    private static Objective Parse(string layers)
    {
        Assert.True(ObjectiveSyntax.TryParse(layers, null, Motif, out var parsed, out string? problem), problem);
        return parsed.Objective;
    }
}
