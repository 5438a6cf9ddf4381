using System.Text;
using DreamFarm.Networks;

namespace DreamFarm.Fuzz;

/// <summary>An objective and its layers as people write them, a line break between them; without one, an objective as workers get it.</summary>
internal sealed class LayersTarget : IFuzzTarget
{
    /// <summary>Classes that look like everything else that can stand between brackets.</summary>
    private static readonly string[] Misleading = ["1,4-6", "7", "1-2", "7@0.5/0.25", "strongest 3", "average", "once", "a]:2", "eye, left", "-1"];

    private static readonly NetworkGeometry Geometry = new(NetworkCatalog.Default with { Classes = [.. Misleading, .. NetworkCatalog.Default.Classes!.SkipLast(Misleading.Length)] });

    public string Name => "layers";

    public int Share => 12;

    public IEnumerable<byte[]> Seeds =>
    [
        "3a\nl2"u8.ToArray(), "3a:1,4a:0.5\nmean"u8.ToArray(), " 5b : -1e-3 , 3a\nguide,l2"u8.ToArray(), "fire8:1,fire6:0.5\n"u8.ToArray(),
        "3a[1,4-6, 9 ]:2,4a[strongest 3 once]\nl2,mean(5b[7@0.5/0.25]):0.5,tv:0.1,original:-2"u8.ToArray(),
        "l2(3a[1,4-6]):1,mean(4a[weakest 2]):0.5"u8.ToArray(), "guide(3a):1"u8.ToArray(),
        "logits[eye, peacock,12-14]\nmean,mean(logits[eye, left@0.5/0.5]):2"u8.ToArray(), "mean(logits[average,a]:2,strongest 3]):1"u8.ToArray(),
        "l2(5b[7@1/0]):1e-9"u8.ToArray(),
    ];

    public IReadOnlyList<string> Words =>
    [
        "3a", "4a", "5b", ",", ":", "1e308", "1e999", "-0", "NaN", "\u0660", "\uFEFF", " ", "[", "]", "(", ")", "@", "/", "-", "\n", "0", "7", "4294967296",
        "l2", "mean", "guide", "tv", "original", "strongest", "weakest", "average", "once", "logits[", "eye", "spiral",
    ];

    public void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        string[] lines = text.Split('\n', 2);
        string? problem;
        if (lines.Length == 1)
        {
            if (ObjectiveSyntax.TryParse(text, Geometry, out Objective? objective, out problem))
                Check(objective.Terms, objective.ToString(), again => ObjectiveSyntax.TryParse(again, Geometry, out Objective? second, out _) ? second.ToString() : null);
            if ((objective is null) == (problem is null))
                throw new InvalidOperationException("neither an objective nor a problem, or both");
            return;
        }
        if (ObjectiveSyntax.TryParse(lines[0], lines[1], Geometry, out ParsedObjective? parsed, out problem))
            Check(parsed.Objective.Terms, parsed.ToString(), again => ObjectiveSyntax.TryParse(null, again, Geometry, out ParsedObjective? second, out _) ? second.ToString() : null);
        if ((parsed is null) == (problem is null))
            throw new InvalidOperationException("neither an objective nor a problem, or both");
    }

    private static void Check(IReadOnlyList<ObjectiveTerm> terms, string canonical, Func<string, string?> readAgain)
    {
        if (terms.Count == 0 || terms.Any(term => !double.IsFinite(term.Weight) || term.Weight == 0))
            throw new InvalidOperationException("a weight that can be none was accepted, or no term at all");
        foreach (var term in terms)
        {
            int channels = Geometry[term.Layer].Channels;
            bool sound = term.Channels switch
            {
                ChosenChannels chosen => chosen.Ranges.All(range => range.First >= 0 && range.First <= range.Last && range.Last < channels),
                RankedChannels ranked => ranked.Count >= 1 && ranked.Count <= channels,
                Neuron neuron => neuron.Channel >= 0 && neuron.Channel < channels && neuron is { X: >= 0 and <= 1, Y: >= 0 and <= 1 },
                _ => true,
            };
            if (!sound)
                throw new InvalidOperationException($"the channels of {term} were accepted");
        }
        if (readAgain(canonical) != canonical)
            throw new InvalidOperationException($"the canonical text {canonical} is not read as itself");
    }
}
