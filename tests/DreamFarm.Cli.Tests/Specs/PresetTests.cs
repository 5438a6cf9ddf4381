using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Presets;
using DreamFarm.Cli.Specs;
using DreamFarm.Dreaming;
using DreamFarm.Protocol.Specs;

namespace DreamFarm.Cli.Tests;

/// <summary>The presets that come with the program say exactly what their sources say.</summary>
public sealed class PresetTests
{
    [Theory]
    [InlineData("tutorial",
        "network=inception_v3 layers=mixed3,mixed5 objective=mean octaves=5 octave-scale=1.3 octave-mode=upscale scale=1.69 output-size=input steps=100 step-size=0.01 max-roll=512 boundary=wrap")]
    [InlineData("google",
        "network=bvlc_googlenet layers=inception_4c objective=l2 octaves=4 octave-scale=1.4 octave-mode=detail steps=10 step-size=0.011764705882352941 normaliser=mean-abs max-roll=32 boundary=wrap")]
    [InlineData("channel",
        "network=bvlc_googlenet layers=inception_4d/3x3_reduce[139] objective=mean octaves=3 octave-scale=1.4 octave-mode=upscale scale=1.96 steps=10 step-size=0.00784313725490196 max-roll=512 boundary=wrap")]
    public void A_preset_says_what_its_source_says(string name, string expected)
    {
        var draft = new SpecDraft();
        BuiltInPreset.Find(name).Read(draft);
        Assert.Equal(expected, string.Join(' ', draft.Values.Select(value => $"{value.Key}={value.Value}")));
    }

    [Theory]
    // A photograph as large as the tutorial makes it, the notebook's sky, the notebook's noise.
    [InlineData("tutorial", 500, 406, "296x240 385x312 500x406 650x528 845x686", 500, 406)]
    [InlineData("google", 1024, 575, "373x210 522x293 731x411 1024x575", 1024, 575)]
    [InlineData("channel", 224, 224, "224x224 314x314 439x439", 439, 439)]
    public void A_preset_dreams_at_the_sizes_of_its_source(string name, int width, int height, string octaves, int resultWidth, int resultHeight)
    {
        var plan = Plan(name, new Size(height, width));
        Assert.Equal(octaves, string.Join(' ', plan.Plan.Octaves.Select(octave => octave.Size)));
        Assert.Equal(new Size(resultHeight, resultWidth), plan.Result);
    }

    [Fact]
    public void The_tutorials_steps_are_those_of_its_code()
    {
        var plan = Plan("tutorial", new Size(100, 100));
        var dream = plan.Plan.Spec;
        Assert.Equal((100, 0.01, OctaveMode.Upscale, Boundary.Wrap, 512, Normaliser.StandardDeviation), (dream.Steps, dream.StepSize, dream.OctaveMode, dream.Boundary, dream.MaxRoll, dream.Normaliser));
        Assert.Equal("inception_v3", plan.Network.Name);
    }

    [Fact]
    public void Googles_steps_are_those_of_its_code()
    {
        var plan = Plan("google", new Size(100, 100));
        var dream = plan.Plan.Spec;
        Assert.Equal((10, 1.5 / 127.5, OctaveMode.Detail, Boundary.Wrap, 32, Normaliser.MeanMagnitude), (dream.Steps, dream.StepSize, dream.OctaveMode, dream.Boundary, dream.MaxRoll, dream.Normaliser));
        Assert.Equal("bvlc_googlenet", plan.Network.Name);
    }

    [Fact]
    public void A_channel_is_dreamt_in_one_window()
    {
        var plan = Plan("channel", new Size(224, 224));
        var dream = plan.Plan.Spec;
        Assert.Equal((10, 1 / 127.5, OctaveMode.Upscale, Boundary.Wrap, 512, Normaliser.StandardDeviation), (dream.Steps, dream.StepSize, dream.OctaveMode, dream.Boundary, dream.MaxRoll, dream.Normaliser));
        Assert.All(plan.Plan.Octaves, octave => Assert.True(octave.Tile >= octave.Size.Width));
    }

    [Fact]
    public void Every_preset_reads_and_says_in_its_first_line_what_it_is()
    {
        Assert.NotEmpty(BuiltInPreset.All);
        foreach (var preset in BuiltInPreset.All)
        {
            Assert.StartsWith("# ", preset.Text);
            Assert.InRange(preset.Summary.Length, 20, 110);
            Assert.NotEmpty(PresetView.Of(preset).Values);
        }
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_that_there_are() =>
        Assert.StartsWith("there is no preset \"tutoral\": did you mean \"tutorial\"? It can be channel", Assert.Throws<UserException>(() => BuiltInPreset.Find("tutoral")).Message);

    private static JobPlan Plan(string name, Size input)
    {
        var draft = new SpecDraft();
        BuiltInPreset.Find(name).Read(draft);
        var spec = draft.ToSpec();
        // Whatever weights: the plan does not know them.
        spec.WeightsSha256 = new string('0', 64);
        Assert.True(SpecReader.TryRead(spec, input, out var plan, out string? problem), problem);
        return plan;
    }
}
