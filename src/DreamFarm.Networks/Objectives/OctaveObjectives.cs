using DreamFarm.Dreaming;

namespace DreamFarm.Networks;

/// <summary>An objective octave by octave: channels that it ranks become those that a measurement of the octave's canvas ranks so.</summary>
/// <param name="objective">As the spec has it.</param>
/// <param name="geometry">Of the network whose layers it names.</param>
public sealed class OctaveObjectives(Objective objective, NetworkGeometry geometry) : IOctaveObjectives
{
    /// <summary>Whether any channels are chosen by what is on the canvas, so that the objective's text in an octave does not follow from the spec alone.</summary>
    public bool AreChosen { get; } = objective.Terms.Any(term => term.Channels is RankedChannels);

    /// <summary>
    /// An objective that shows how a machine computes, before any channel has been chosen: the gradients of the same layers, of all
    /// their channels where some are ranked.
    /// </summary>
    /// <param name="objective">As the spec has it.</param>
    public static Objective ProbeOf(Objective objective) => objective.Terms.All(term => term.Channels is not RankedChannels)
        ? objective
        : new Objective([.. objective.Terms.GroupBy(term => (term.Kind, term.Layer)).Select(group =>
            new ObjectiveTerm(group.Key.Kind, group.Key.Layer, new AllChannels(), group.Max(term => Math.Abs(term.Weight))))]);

    /// <inheritdoc/>
    public IReadOnlyList<MeasuredLayer> Measures(Octave octave) =>
    [
        .. objective.Terms.Where(term => IsMeasured(term, octave)).Select(term => term.Layer).Distinct(StringComparer.Ordinal)
            .Select(layer => new MeasuredLayer(layer, geometry[layer].Channels)),
    ];

    /// <inheritdoc/>
    /// <returns>
    /// The terms in the spec's order, channels numbered. Two that have chosen the same channels both stand there; whoever reads the text
    /// adds their weights.
    /// </returns>
    /// <exception cref="GradientException">Nothing is left of the objective, because terms that cancel each other out have chosen the same channels.</exception>
    /// <exception cref="InvalidOperationException">It says what was chosen before, and does not fit; or says nothing where something was chosen once.</exception>
    public string Choose(Octave octave, string? before, ReadOnlySpan<double> sums)
    {
        var means = Means(octave, sums);
        var earlier = before is null ? [] : Read(before) ?? throw new InvalidOperationException($"\"{before}\" is not what the octaves before were dreamt with");
        var terms = new ObjectiveTerm[objective.Terms.Count];
        for (int i = 0; i < terms.Length; i++)
        {
            var term = objective.Terms[i];
            terms[i] = term.Channels is not RankedChannels ranked ? term
                : IsMeasured(term, octave) ? term with { Channels = ChannelRanking.Choose(ranked, means[term.Layer]) }
                : earlier.Count > 0 ? earlier[i]
                : throw new InvalidOperationException($"{term} was chosen in the first octave, and nobody knows how");
        }
        if (AreChosen && ObjectiveSyntax.Merge(terms).Count == 0)
            throw new GradientException($"octave {octave.Index + 1}: the channels that were chosen cancel each other out: {string.Join(',', terms.AsEnumerable())}");
        return string.Join(",", terms.AsEnumerable());
    }

    /// <summary>Whether a text can be what an octave of this objective was dreamt with.</summary>
    /// <param name="text">As <see cref="Choose"/> gave it.</param>
    public bool IsChoice(string text) => Read(text) is not null;

    private static bool IsMeasured(ObjectiveTerm term, Octave octave) => term.Channels is RankedChannels ranked && (!ranked.Once || octave.Index == 0);

    /// <summary>The terms of a text if they are this objective's, with channels where it ranks them; otherwise null.</summary>
    private IReadOnlyList<ObjectiveTerm>? Read(string text)
    {
        if (!ObjectiveSyntax.TryParseTerms(text, geometry, out var terms, out _) || terms.Count != objective.Terms.Count)
            return null;
        for (int i = 0; i < terms.Count; i++)
        {
            var (mine, read) = (objective.Terms[i], terms[i]);
            bool fits = mine.Channels is RankedChannels ranked
                ? read == (mine with { Channels = read.Channels }) && (read.Channels as ChosenChannels)?.Count == ranked.Count
                : read == mine;
            if (!fits)
                return null;
        }
        return terms;
    }

    /// <summary>The means of the measured layers' channels over the canvas's cells.</summary>
    private Dictionary<string, double[]> Means(Octave octave, ReadOnlySpan<double> sums)
    {
        var means = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var (layer, channels) in Measures(octave))
        {
            double cells = geometry[layer].Cells(octave.Size.Height, octave.Size.Width);
            double[] own = sums[..channels].ToArray();
            for (int channel = 0; channel < channels; channel++)
                own[channel] /= cells;
            means.Add(layer, own);
            sums = sums[channels..];
        }
        return means;
    }
}
