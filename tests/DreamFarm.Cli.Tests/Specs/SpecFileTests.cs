using System.Text;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Specs;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Tests;

/// <summary>Spec files: YAML that says what flags say.</summary>
public sealed class SpecFileTests
{
    [Fact]
    public void Every_key_of_a_flag_can_be_written_into_a_file()
    {
        // One good value for each key; a key that is added is missing here until it has one.
        var values = new Dictionary<string, string>
        {
            ["network"] = "motif",
            ["weights"] = "/models/mine.pth",
            ["layers"] = "5a:1,4c:0.5",
            ["objective"] = "mean",
            ["octaves"] = "3",
            ["octave-scale"] = "1.3",
            ["octave-mode"] = "upscale",
            ["steps"] = "100",
            ["step-size"] = "0.01",
            ["tile"] = "auto",
            ["max-roll"] = "32",
            ["context"] = "exact",
            ["boundary"] = "reflect",
            ["seed"] = "18446744073709551615",
            ["scale"] = "1.69",
            ["output-size"] = "input",
            ["mixed"] = "true",
            ["guide"] = "/pictures/guide.jpg",
            ["normaliser"] = "mean-abs",
            ["filter"] = "laplacian:4",
        };
        var draft = Read(string.Concat(SpecKeys.All.Select(key => $"{key.Name}: {values[key.Name]}\n")));

        Assert.Equal(values, draft.Values);
        Assert.Equal("/models/mine.pth", draft.WeightsFile);
        Assert.Equal("/pictures/guide.jpg", draft.GuideFile);
        var spec = draft.ToSpec();
        Assert.Equal("motif", spec.Network);
        Assert.Equal("5a:1,4c:0.5", spec.Layers);
        Assert.Equal(1.3, spec.OctaveScale);
        Assert.Equal(V1.OctaveMode.Upscale, spec.OctaveMode);
        Assert.True(spec.Context.Exact);
        Assert.Equal(ulong.MaxValue, spec.Seed);
        Assert.Equal(V1.Normaliser.MeanAbs, spec.Normaliser);
        Assert.Equal(4, spec.Filter.Laplacian);
        Assert.True(spec.Mixed);
    }

    [Fact]
    public void What_is_said_later_counts()
    {
        var draft = Read("octaves: 3\nsteps: 5\n");
        Assert.Null(draft.Write(SpecKeys.Find("octaves")!, "4"));
        Assert.Equal(4, draft.Spec.Octaves);
        Assert.Equal(5, draft.Spec.Steps);
    }

    [Theory]
    [InlineData("", "{ }")]
    [InlineData("scale: 2", "{ \"scale\": 2 }")]
    [InlineData("output-size: 600x400", "{ \"outputSize\": { \"width\": 600, \"height\": 400 } }")]
    [InlineData("output-size: input", "{ }")]
    [InlineData("scale: 2\noutput-size: 600x400", "{ \"scale\": 2, \"resultSize\": { \"pixels\": { \"width\": 600, \"height\": 400 } } }")]
    [InlineData("output-size: input\nscale: 1.69", "{ \"scale\": 1.69, \"resultSize\": { \"input\": true } }")]
    public void An_output_size_beside_a_scale_is_the_results(string yaml, string expected) =>
        Assert.Equal(expected, (yaml.Length == 0 ? new SpecDraft() : Read(yaml)).ToSpec().ToString());

    [Fact]
    public void Files_that_a_spec_names_lie_beside_it()
    {
        var draft = new SpecDraft();
        SpecFile.Read("specs/mine.yaml", "weights: mine.pth"u8, "specs", draft);
        Assert.Equal("specs/mine.pth", draft.WeightsFile);
    }

    [Theory]
    [InlineData("network: motif\noctave: 3\n", "mine.yaml, line 2: unknown key \"octave\"; did you mean octaves?")]
    [InlineData("octave_scale: 2", "mine.yaml, line 1: unknown key \"octave_scale\"; did you mean octave-scale?")]
    [InlineData("--steps: 2", "mine.yaml, line 1: unknown key \"--steps\"; did you mean steps?")]
    [InlineData("{a key that goes on and\n\non for several lines: 2}", "mine.yaml, line 1: unknown key \"a key that goes on and on for several...\"; the keys are network")]
    [InlineData("zebra: 2", "mine.yaml, line 1: unknown key \"zebra\"; the keys are network, weights, ")]
    [InlineData("steps: 2\n\nlayers: 5a\nsteps: 3\n", "mine.yaml, line 4: steps is given twice, first in line 1")]
    [InlineData("# a dream\nsteps: many", "mine.yaml, line 2: steps must be 1 to 10000, not \"many\"")]
    [InlineData("steps: 0", "mine.yaml, line 1: steps must be 1 to 10000, not 0")]
    [InlineData("steps: 4.5", "mine.yaml, line 1: steps must be 1 to 10000, not \"4.5\"")]
    [InlineData("mixed: yes", "mine.yaml, line 1: mixed must be true or false, not \"yes\"")]
    [InlineData("boundary: mirror", "mine.yaml, line 1: boundary must be wrap or reflect, not \"mirror\"")]
    [InlineData("filter: blur", "mine.yaml, line 1: filter must be none, gaussian:SIGMA such as gaussian:1.5, or laplacian:LEVELS such as laplacian:4, not \"blur\"")]
    [InlineData("filter: gaussian:99", "mine.yaml, line 1: filter gaussian:SIGMA must be 0.25 to 16, not 99")]
    [InlineData("filter: laplacian:four", "mine.yaml, line 1: filter laplacian:LEVELS must be 1 to 6, not \"four\"")]
    [InlineData("normaliser: max", "mine.yaml, line 1: normaliser must be std or mean-abs, not \"max\"")]
    [InlineData("layers:\n  - 5a\n  - 4c\n", "mine.yaml, line 2: layers must be one value, not a list")]
    [InlineData("layers: [5a, 4c]", "mine.yaml, line 1: layers must be one value, not a list")]
    [InlineData("layers:\n  5a: 1\n", "mine.yaml, line 2: layers must be one value")]
    [InlineData("layers:\nsteps: 2", "mine.yaml, line 1: layers has no value")]
    [InlineData("layers: |\n  5a\n  4c\n", "mine.yaml, line 1: layers must be plain text in one line")]
    [InlineData("steps: &n 3\noctaves: *n", "mine.yaml, line 1: anchors and aliases (& and *) have no place in a spec file")]
    [InlineData("steps: *n", "mine.yaml, line 1: anchors and aliases (& and *) have no place in a spec file")]
    [InlineData("steps: !!int 3", "mine.yaml, line 1: tags (!) have no place in a spec file")]
    [InlineData("!spec\nsteps: 3", "mine.yaml, line 1: tags (!) have no place in a spec file")]
    [InlineData("? [steps]\n: 3", "mine.yaml, line 1: a key must be one word, such as octaves")]
    [InlineData("steps: 3\n---\nsteps: 4", "mine.yaml, line 2: a second document begins: a spec file is one")]
    [InlineData("- steps: 3", "mine.yaml, line 1: a spec file has lines such as `octaves: 4`")]
    [InlineData("a dream", "mine.yaml, line 1: a spec file has lines such as `octaves: 4`")]
    [InlineData("", "mine.yaml says nothing: a spec file has lines such as `octaves: 4`")]
    [InlineData("# nothing\n", "mine.yaml says nothing: a spec file has lines such as `octaves: 4`")]
    [InlineData("---\n", "mine.yaml says nothing: a spec file has lines such as `octaves: 4`")]
    [InlineData("steps: 3\n octaves: 2\n", "mine.yaml, line 2: this is no YAML, which wants one `key: value` in a line: ")]
    [InlineData("layers: \"5a", "mine.yaml, line 1: this is no YAML, which wants one `key: value` in a line: ")]
    [InlineData("layers: \"\\UFFFFFFFF\"", "mine.yaml is no YAML, which wants one `key: value` in a line")]
    public void What_is_wrong_is_named_with_its_line(string yaml, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<UserException>(() => Read(yaml)).Message);

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal("mine.yaml is no text in UTF-8: that is no spec file", Assert.Throws<UserException>(() => SpecFile.Read("mine.yaml", [0xFF, 0xFE, 0x61], "", new SpecDraft())).Message);

    [Fact]
    public void A_refusal_that_comes_later_names_the_line_too()
    {
        var draft = Read("layers: 5x\nsteps: 3\n");
        Assert.Equal("mine.yaml, line 1: layers: there is no layer \"5x\"", draft.Place("--layers: there is no layer \"5x\""));
        Assert.Equal("mine.yaml, line 1: layers, column 3: there is no layer \"5x\"", draft.Place("--layers, column 3: there is no layer \"5x\""));
        Assert.Equal("--step-size must be above 0", draft.Place("--step-size must be above 0"));
        Assert.Null(draft.Write(SpecKeys.Find("layers")!, "6x"));
        Assert.Equal("--layers: there is no layer \"6x\"", draft.Place("--layers: there is no layer \"6x\""));
    }

    [Fact]
    public void Whatever_the_bytes_there_is_a_draft_or_one_sentence()
    {
        var random = new Random(1);
        byte[][] seeds = [.. new[] { "layers: fire8[12,40-44]:1\nsteps: 3 # few\n", "{a: \"\\u0041\", b: 'c'}", "? x\n: |2-\n  y\n---\n- &a *a !b", "%YAML 1.2\n--- >\n x\n..." }.Select(Encoding.UTF8.GetBytes)];
        byte[] marks = [.. ":-?[]{},&*!|>'\"%@`# \n\t\\xUu\u0000\u007F"u8];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int changes = random.Next(1, 8); changes > 0; changes--)
            {
                int at = random.Next(bytes.Length);
                bytes = random.Next(3) switch
                {
                    0 => [.. bytes[..at], marks[random.Next(marks.Length)], .. bytes[at..]],
                    1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 4))..], (byte)'\n'],
                    _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                };
            }
            try
            {
                SpecFile.Read("mine.yaml", bytes, "", new SpecDraft());
            }
            catch (UserException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    private static SpecDraft Read(string yaml)
    {
        var draft = new SpecDraft();
        SpecFile.Read("mine.yaml", Encoding.UTF8.GetBytes(yaml), "", draft);
        return draft;
    }
}
