using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Presets;
using DreamFarm.Cli.Specs;

namespace DreamFarm.Cli.Tests;

/// <summary>The presets that come with the program say exactly what their sources say.</summary>
public sealed class PresetTests
{
    [Theory]
    [InlineData("tutorial",
        "network=inception_v3 layers=mixed3,mixed5 objective=mean octaves=5 octave-scale=1.3 octave-mode=upscale scale=1.69 output-size=input steps=100 step-size=0.01 max-roll=512 boundary=wrap")]
    [InlineData("channel",
        "network=bvlc_googlenet layers=inception_4d/3x3_reduce[139] objective=mean octaves=3 octave-scale=1.4 octave-mode=upscale scale=1.96 steps=10 step-size=0.00784313725490196 max-roll=512 boundary=wrap")]
    public void A_preset_says_what_its_source_says(string name, string expected)
    {
        var draft = new SpecDraft();
        BuiltInPreset.Find(name).Read(draft);
        Assert.Equal(expected, string.Join(' ', draft.Values.Select(value => $"{value.Key}={value.Value}")));
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
}
