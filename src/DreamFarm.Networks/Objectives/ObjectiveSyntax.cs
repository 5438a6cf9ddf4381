using System.Diagnostics.CodeAnalysis;

namespace DreamFarm.Networks;

/// <summary>
/// The grammar in which people, specs and workers write objectives. Spaces may stand anywhere between words:
/// <code>
///   layers    = layer { "," layer }                                     what --layers takes
///   objective = item { "," item }                                       what --objective takes
///   item      = kind                                                    for each of the layers of --layers
///             | kind "(" LAYER [ channels ] ")" [ ":" WEIGHT ]
///             | ( "tv" | "original" ) ":" WEIGHT                        pixels: subtracted, weights above 0
///   kind      = "l2" | "mean" | "guide"
///   layer     = LAYER [ channels ] [ ":" WEIGHT ]                       a weight that is not written is 1
///   channels  = "[" ( range { "," range } | rank COUNT [ "once" ] | channel "@" X "/" Y ) "]"
///   range     = CHANNEL [ "-" CHANNEL ] | CLASS
///   channel   = CHANNEL | CLASS                                         a classifier's, by the name of its class
///   rank      = "strongest" | "weakest" | "average"
/// </code>
/// The canonical text is an objective of nothing but <c>kind(LAYER[channels]):WEIGHT</c>, and pixel terms behind them; its channels are
/// numbers. What can be read as numbers or ranks is, whatever classes are called.
/// </summary>
public static class ObjectiveSyntax
{
    internal const string TotalVariation = "tv";
    internal const string Original = "original";

    /// <summary>Characters that a channel takes in a list, with its comma.</summary>
    private const int LongestChannel = 8;

    private const string LayersFlag = "--layers";
    private const string ObjectiveFlag = "--objective";

    private static readonly (string Name, ObjectiveKind Kind)[] Kinds = [("l2", ObjectiveKind.L2), ("mean", ObjectiveKind.Mean), ("guide", ObjectiveKind.Guide)];

    private static readonly (string Name, ChannelRank Rank)[] Ranks =
        [("strongest", ChannelRank.Strongest), ("weakest", ChannelRank.Weakest), ("average", ChannelRank.Average)];

    /// <summary>Reads what was said about layers and objective, as names and channels of one network.</summary>
    /// <param name="layers">What --layers says; null takes the network's own default.</param>
    /// <param name="objective">What --objective says; null is l2.</param>
    /// <param name="geometry">Of the network, with the number of classes that its weights have.</param>
    /// <param name="parsed">What was read, or null.</param>
    /// <param name="problem">One sentence that names the flag, the column, what is wrong there and what would be right; or null.</param>
    public static bool TryParse(
        string? layers,
        string? objective,
        NetworkGeometry geometry,
        [NotNullWhen(true)] out ParsedObjective? parsed,
        [NotNullWhen(false)] out string? problem)
    {
        parsed = null;
        if (!new ObjectiveReader(ObjectiveFlag, objective ?? NameOf(ObjectiveKind.L2), geometry).TryReadItems(out var items, out problem))
            return false;
        var shares = new List<LayerShare>();
        bool bare = items.Exists(item => item is { Kind: not null, Share: null });
        if (bare && !new ObjectiveReader(LayersFlag, layers ?? geometry.Network.Defaults.Layers, geometry).TryReadLayers(out shares, out problem))
            return false;
        if (!bare && layers is not null)
        {
            problem = $"{LayersFlag}: nothing in {ObjectiveFlag} says what is made of these layers; add {NameOf(ObjectiveKind.L2)} or {NameOf(ObjectiveKind.Mean)} to it.";
            return false;
        }

        var terms = new List<ObjectiveTerm>();
        double totalVariation = 0, distance = 0;
        foreach (var item in items)
        {
            if (item.Kind is { } kind)
                terms.AddRange((item.Share is { } own ? [own] : shares).Select(share => new ObjectiveTerm(kind, share.Layer, share.Channels, share.Weight)));
            else if (item.Pixels == TotalVariation)
                totalVariation = item.Weight;
            else
                distance = item.Weight;
        }
        problem = FindProblem(terms);
        if (problem is not null)
            return false;
        var all = new ParsedObjective(new Objective(terms), totalVariation, distance);
        // Whoever plans the job again reads this text, and workers the one with the channels that were chosen.
        long length = all.ToString().Length + terms.Sum(term => term.Channels is RankedChannels ranked ? LongestChannel * (long)ranked.Count : 0);
        if (length > ObjectiveReader.LongestText)
        {
            problem = $"{ObjectiveFlag}: with every layer and channel written out it has up to {length} characters; it can have at most {ObjectiveReader.LongestText}.";
            return false;
        }
        parsed = all;
        return true;
    }

    /// <summary>
    /// Reads the canonical text of an objective, which has terms of the network alone. A term may stand there twice, if the same channels
    /// were chosen in two ways: its weights are added.
    /// </summary>
    /// <param name="text">As <see cref="Objective.ToString"/> gives it.</param>
    /// <param name="geometry">Of the network.</param>
    /// <param name="objective">What was read, or null.</param>
    /// <param name="problem">One sentence, or null.</param>
    public static bool TryParse(string text, NetworkGeometry geometry, [NotNullWhen(true)] out Objective? objective, [NotNullWhen(false)] out string? problem)
    {
        objective = null;
        if (!TryParseTerms(text, geometry, out var terms, out problem))
            return false;
        var merged = Merge(terms);
        problem = FindProblem(merged);
        if (problem is null)
            objective = new Objective(merged);
        return problem is null;
    }

    /// <summary>Reads the terms of a canonical text as they stand there.</summary>
    internal static bool TryParseTerms(
        string text, NetworkGeometry geometry, [NotNullWhen(true)] out IReadOnlyList<ObjectiveTerm>? terms, [NotNullWhen(false)] out string? problem)
    {
        terms = null;
        if (!new ObjectiveReader("objective", text, geometry, mayRepeat: true).TryReadItems(out var items, out problem))
            return false;
        if (items.Exists(item => item.Share is null))
        {
            problem = "objective: every term must be one of the network, such as l2(LAYER):1.";
            return false;
        }
        terms = [.. items.Select(item => new ObjectiveTerm(item.Kind!.Value, item.Share!.Value.Layer, item.Share.Value.Channels, item.Share.Value.Weight))];
        return true;
    }

    /// <summary>Adds the weights of terms that are the same but for those, and leaves out what comes to nothing.</summary>
    internal static IReadOnlyList<ObjectiveTerm> Merge(IReadOnlyList<ObjectiveTerm> terms) =>
    [
        .. terms.GroupBy(term => term.Name, StringComparer.Ordinal)
            .Select(group => group.First() with { Weight = group.Sum(term => term.Weight) })
            .Where(term => term.Weight != 0),
    ];

    internal static IEnumerable<string> KindNames => Kinds.Select(known => known.Name);

    internal static IEnumerable<string> RankNames => Ranks.Select(known => known.Name);

    internal static string NameOf(ObjectiveKind kind) => Kinds.Single(known => known.Kind == kind).Name;

    internal static string NameOf(ChannelRank rank) => Ranks.Single(known => known.Rank == rank).Name;

    internal static ObjectiveKind? FindKind(string name) => Kinds.Where(known => known.Name == name).Select(known => (ObjectiveKind?)known.Kind).FirstOrDefault();

    internal static ChannelRank? FindRank(string name) => Ranks.Where(known => known.Name == name).Select(known => (ChannelRank?)known.Rank).FirstOrDefault();

    /// <summary>What is wrong although every part of it is right by itself.</summary>
    private static string? FindProblem(IReadOnlyList<ObjectiveTerm> terms)
    {
        if (terms.Count == 0)
            return $"{ObjectiveFlag}: there is nothing of the network in it; add l2, mean or guide, as in \"l2,tv:0.1\".";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var term in terms)
        {
            if (!seen.Add(term.Name))
                return $"{ObjectiveFlag}: {ObjectiveReader.Quote(term.Name)} is asked for twice; give it one weight.";
            if (term is { Kind: ObjectiveKind.Guide, Channels: Networks.Neuron })
                return $"{ObjectiveFlag}: {ObjectiveReader.Quote(term.Name)} guides a single neuron; a guide is compared with every cell, so give it channels without a place.";
        }
        return null;
    }
}
