using System.Text;
using DreamFarm.Cli.Failures;
using DreamFarm.Cli.Presets;
using DreamFarm.Cli.Specs;
using DreamFarm.Protocol.Specs;
using Size = DreamFarm.Dreaming.Size;

namespace DreamFarm.Fuzz;

/// <summary>A spec file in YAML, as people pass them on.</summary>
internal sealed class SpecFileTarget : IFuzzTarget
{
    private static readonly Size Input = new(480, 640);

    public string Name => "yaml";

    public int Share => 12;

    public IEnumerable<byte[]> Seeds =>
    [
        .. BuiltInPreset.All.Select(preset => Encoding.UTF8.GetBytes(preset.Text)),
        "layers: 3a[12,40-44]:1\nsteps: 3 # few\nmixed: true\noutput-size: 600x400\nscale: 1.5"u8.ToArray(),
        "{octaves: \"\\u0034\", context: 'exact', seed: 7}"u8.ToArray(),
        "%YAML 1.2\n---\nboundary: reflect\nfilter: gaussian:1.5\n...\n"u8.ToArray(),
    ];

    public IReadOnlyList<string> Words =>
    [
        .. SpecKeys.All.Select(key => key.Name), ": ", ":", "\n", "\n  ", "- ", "? ", "&a ", "*a", "!!int ", "!<", "---\n", "...\n", "[", "]", "{", "}", ",", "|\n", ">-\n", "'", "\"", "\\U", "\\x",
        "#", "%TAG ! !", "<<", "~", "null", "auto", "input", "noise", "1e999", "NaN", "\t", "\r", "\u0000", "\u0085", "\u2028", "\uFEFF", "\uD83D\uDE00",
    ];

    public void Run(byte[] input)
    {
        var draft = new SpecDraft();
        try
        {
            SpecFile.Read("mine.yaml", input, "", draft);
        }
        catch (UserException e)
        {
            if (e.Message.AsSpan().IndexOfAny('\n', '\r') >= 0)
                throw new InvalidOperationException("a sentence of several lines");
            return;
        }
        if (draft.Values.Count == 0 && input.Length > 0 && !Encoding.UTF8.GetString(input).Contains('{'))
            throw new InvalidOperationException("a file that says nothing was accepted");
        var spec = draft.ToSpec();
        if (SpecReader.TryRead(spec, Input, out var plan, out string? problem) == (plan is null) || (plan is null) == (problem is null))
            throw new InvalidOperationException("neither a plan nor a problem, or both");
    }
}
