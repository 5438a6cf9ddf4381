using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DreamFarm.Networks;

/// <summary>
/// Reads one text of <see cref="ObjectiveSyntax"/>'s grammar from left to right. Where it fails, the problem names the place by its column,
/// counted from 1. Names of layers are recognised rather than delimited, the longest first: ONNX gives them any character.
/// </summary>
/// <param name="flag">What problems are about.</param>
/// <param name="text">What is read.</param>
/// <param name="geometry">Of the network whose layers these are.</param>
/// <param name="mayRepeat">Whether an item may stand there twice.</param>
internal sealed partial class ObjectiveReader(string flag, string text, NetworkGeometry geometry, bool mayRepeat = false)
{
    /// <summary>More is no objective that anybody wrote; channels by the hundred fit.</summary>
    internal const int LongestText = 1 << 16;

    private const int LongestQuote = 60;

    // Far more than anybody's terms differ. Beyond that a gradient's power of two would leave what bands reckon in, or be taken for a liar's.
    private const double SmallestWeight = 1e-12;
    private const double LargestWeight = 1e12;

    private const double LargestPixelWeight = 1_000_000;

    private int _at;
    private string? _problem;
    private Dictionary<string, int>? _classes;

    /// <summary>Reads what --layers takes.</summary>
    public bool TryReadLayers(out List<LayerShare> shares, [NotNullWhen(false)] out string? problem)
    {
        shares = [];
        if (CheckLength())
        {
            var seen = new HashSet<(string, ChannelSelection)>();
            do
            {
                int at = SkipSpace();
                if (!TryReadLayer(out var share) || !TryReadWeight(share.Layer, out double weight))
                    break;
                if (!seen.Add((share.Layer, share.Channels)))
                    Fail(at, $"layer {Quote(share.Layer)} stands twice in {Quote(text)}; give it one weight.");
                shares.Add(share with { Weight = weight });
            }
            while (_problem is null && TryTakeComma());
        }
        problem = _problem;
        return problem is null;
    }

    /// <summary>Reads what --objective takes.</summary>
    public bool TryReadItems(out List<ObjectiveItem> items, [NotNullWhen(false)] out string? problem)
    {
        items = [];
        if (CheckLength())
        {
            var seen = new HashSet<(ObjectiveKind?, string?, ChannelSelection?, string?)>();
            do
            {
                int at = SkipSpace();
                if (!TryReadItem(out var item))
                    break;
                if (!seen.Add((item.Kind, item.Share?.Layer, item.Share?.Channels, item.Pixels)) && !mayRepeat)
                    Fail(at, $"{Quote(text[at.._at].Split(':')[0].Trim())} stands twice in {Quote(text)}; give it one weight.");
                items.Add(item);
            }
            while (_problem is null && TryTakeComma());
        }
        problem = _problem;
        return problem is null;
    }

    /// <summary>Text of unknown length within a sentence.</summary>
    internal static string Quote(string part) => part.Length <= LongestQuote ? $"\"{part}\"" : $"\"{part[..LongestQuote]}...\"";

    private bool CheckLength() => text.Length <= LongestText || Fail(LongestText, $"the text is {text.Length} characters long; it can have at most {LongestText}.");

    private bool TryReadItem(out ObjectiveItem item)
    {
        item = default;
        int at = _at;
        string word = ReadUntil("(:,");
        bool isPixels = word is ObjectiveSyntax.TotalVariation or ObjectiveSyntax.Original;
        if (word.Length == 0)
            return Fail(at, $"an objective is missing in {Quote(text)}; {Suggest("")}");
        if (!isPixels && ObjectiveSyntax.FindKind(word) is null)
            return Fail(at, $"there is no objective {Quote(word)}; {Suggest(word)}");
        if (isPixels)
        {
            if (!IsNext(':'))
                return Fail(_at, $"{word} needs a weight, as in {word}:0.1.");
            if (!TryReadWeight(word, out double weight))
                return false;
            if (weight < 0)
                return Fail(at, $"the weight of {word} has to be above 0, for {word} is subtracted.");
            // Times a pixel's slope it must stay a number of 32 bits.
            if (weight > LargestPixelWeight)
                return Fail(at, string.Create(CultureInfo.InvariantCulture, $"the weight of {word} is {weight:R}; it can be at most {LargestPixelWeight}."));
            item = new ObjectiveItem(null, null, word, weight);
            return true;
        }

        var kind = ObjectiveSyntax.FindKind(word)!.Value;
        if (!IsNext('('))
        {
            item = new ObjectiveItem(kind, null, null, 0);
            return !IsNext(':') || Fail(_at, $"{word} alone takes its weights from --layers; write them there, or {word}(LAYER):0.5.");
        }
        int open = _at++;
        SkipSpace();
        if (!TryReadLayer(out var share))
            return false;
        if (!IsNext(')'))
            return Fail(_at, $"the parenthesis of column {open + 1} is not closed; write {word}({share.Layer}):0.5.");
        _at++;
        if (!TryReadWeight(share.Layer, out double own))
            return false;
        item = new ObjectiveItem(kind, share with { Weight = own }, null, 0);
        return true;

        static string Suggest(string word) =>
            NearestName.Suggest(word, [.. ObjectiveSyntax.KindNames, ObjectiveSyntax.TotalVariation, ObjectiveSyntax.Original]);
    }

    /// <summary>A layer and its channels; the weight is still to come.</summary>
    private bool TryReadLayer(out LayerShare share)
    {
        share = default;
        int at = _at;
        if (FindLayer() is not { } layer)
        {
            string wrong = ReadUntil("[:,)");
            var network = geometry.Network;
            return wrong.Length == 0
                ? Fail(at, $"a layer's name is missing in {Quote(text)}; write layers as in \"{network.Defaults.Layers}\", with commas between them.")
                : Fail(at, $"{network.Name} has no layer {Quote(wrong)}; {NearestName.Suggest(wrong, network.Layers.SelectMany(known => (string[])[known.Name, .. known.Aliases]))}");
        }
        share = new LayerShare(layer.Name, new AllChannels(), 1);
        if (!IsNext('['))
            return true;
        int open = _at++;
        SkipSpace();
        if (!TryReadChannels(layer.Name, out var channels))
            return false;
        share = share with { Channels = channels };
        if (!IsNext(']'))
            return Fail(_at, $"the bracket of column {open + 1} is not closed here; {Examples(layer.Name)}");
        _at++;
        return true;
    }

    private bool TryReadChannels(string layer, [NotNullWhen(true)] out ChannelSelection? channels)
    {
        channels = null;
        int at = _at;
        if (IsRanked(layer))
            return TryReadRanked(layer, out channels);
        if (!TryReadChannel(layer, out int first))
            return false;
        if (IsNext('@'))
            return TryReadNeuron(layer, first, out channels);

        var ranges = new List<ChannelRange>();
        while (true)
        {
            int last = first;
            if (IsNext('-'))
            {
                _at++;
                SkipSpace();
                if (!TryReadChannel(layer, out last))
                    return false;
                if (last < first)
                    return Fail(at, $"the channels {first}-{last} go backwards; write {last}-{first}.");
            }
            ranges.Add(new ChannelRange(first, last));
            if (!IsNext(','))
                break;
            _at++;
            at = SkipSpace();
            if (!TryReadChannel(layer, out first))
                return false;
        }
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        for (int i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].First <= ranges[i - 1].Last)
                return Fail(at, $"channel {ranges[i].First} of {Quote(layer)} stands twice; name it once.");
        }
        channels = new ChosenChannels(ranges);
        return true;
    }

    private bool TryReadRanked(string layer, [NotNullWhen(true)] out ChannelSelection? channels)
    {
        channels = null;
        int at = _at;
        string word = ReadWord();
        if (ObjectiveSyntax.FindRank(word) is not { } rank)
            return Fail(at, DescribeUnknownWord(layer, word));
        at = SkipSpace();
        int most = geometry[layer].Channels;
        if (!TryReadDigits(out int count) || count < 1 || count > most)
            return Fail(at, $"{word} needs a number of channels, 1 to {most} for {Quote(layer)}, as in {word} {Math.Min(5, most)}.");
        at = SkipSpace();
        string once = ReadWord();
        if (once is not ("" or "once"))
            return Fail(at, $"{Quote(once)} cannot stand here; write once for channels that are chosen once rather than at each octave.");
        channels = new RankedChannels(rank, count, once.Length > 0);
        return true;
    }

    private string DescribeUnknownWord(string layer, string word)
    {
        var network = geometry.Network;
        if (geometry.IsClassifier(layer) && NearestName.Find(word, [.. ObjectiveSyntax.RankNames]) is null)
            return $"{network.Name} has no names for its classes; number them, 0 to {geometry[layer].Channels - 1}.";
        return network.Classes?.Contains(word) == true && network.Layers.FirstOrDefault(other => geometry.IsClassifier(other.Name)) is { } classifier
            ? $"the channels of {Quote(layer)} are no classes; write {classifier.Name}[{word}]."
            : $"{Quote(word)} chooses no channels; {NearestName.Suggest(word, ObjectiveSyntax.RankNames)}";
    }

    private bool TryReadNeuron(string layer, int channel, [NotNullWhen(true)] out ChannelSelection? channels)
    {
        channels = null;
        _at++;
        if (!TryReadPart(layer, channel, out double x))
            return false;
        if (!IsNext('/'))
            return Fail(_at, $"the neuron's second coordinate is missing; write {layer}[{channel}@0.5/0.5], parts of width and height.");
        _at++;
        if (!TryReadPart(layer, channel, out double y))
            return false;
        channels = new Neuron(channel, x, y);
        return true;
    }

    /// <summary>A part of the canvas's width or height.</summary>
    private bool TryReadPart(string layer, int channel, out double part)
    {
        int at = SkipSpace();
        string number = ReadUntil("/],");
        if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out part) && part is >= 0 and <= 1)
        {
            // -0 is written as 0.
            part = Math.Abs(part);
            return true;
        }
        return Fail(at, $"{Quote(number)} is no place on the canvas; write 0 to 1 of its width and height, as in {layer}[{channel}@0.5/0.5].");
    }

    private bool TryReadChannel(string layer, out int channel)
    {
        int at = _at;
        if (geometry.ClassesOf(layer) is { } classes && !IsNumbered())
        {
            if (TryReadClass(classes, out channel))
                return true;
            string name = ReadUntil(",]@");
            if (name.Any(char.IsLetter))
                return Fail(at, $"{geometry.Network.Name} has no class {Quote(name)}; {NearestName.Suggest(name, [.. classes, .. ObjectiveSyntax.RankNames])}");
            _at = at;
        }
        if (!TryReadDigits(out channel))
            return Fail(at, $"a channel's number is missing; {Examples(layer)}");
        int channels = geometry[layer].Channels;
        return channel < channels
            || Fail(at, $"{geometry.Network.Name} has no channel {text[at.._at]} in {Quote(layer)}; it has 0 to {channels - 1}.");
    }

    /// <summary>Goes behind the class with the longest name that stands here and ends before a sign of the grammar.</summary>
    private bool TryReadClass(IReadOnlyList<string> classes, out int channel)
    {
        _classes ??= classes.Index().ToDictionary(named => named.Item, named => named.Index, StringComparer.Ordinal);
        var known = _classes.GetAlternateLookup<ReadOnlySpan<char>>();
        int longest = Math.Min(text.Length - _at, NetworkDescription.LongestClass);
        for (int length = longest; length > 0; length--)
        {
            if (known.TryGetValue(text.AsSpan(_at, length), out channel) && Ends().IsMatch(text, _at + length))
            {
                _at += length;
                return true;
            }
        }
        channel = 0;
        return false;
    }

    /// <summary>Whether a channel or a range stands here by number, as in every canonical text, whatever classes are called.</summary>
    private bool IsNumbered() => Numbered().IsMatch(text, _at);

    /// <summary>Whether channels are ranked here: with a number behind it a rank is one, whatever classes are called.</summary>
    private bool IsRanked(string layer)
    {
        int at = _at;
        string word = ReadWord();
        bool isCounted = SkipSpace() < text.Length && char.IsAsciiDigit(text[_at]);
        _at = at;
        if (geometry.ClassesOf(layer) is not { } classes)
            return word.Length > 0;
        bool isRanked = ObjectiveSyntax.FindRank(word) is not null && (isCounted || !TryReadClass(classes, out _));
        _at = at;
        return isRanked;
    }

    [GeneratedRegex(@"\G[0-9]+\s*(-\s*[0-9]+\s*)?([],@]|\z)")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\G\s*([],@]|\z)")]
    private static partial Regex Ends();

    private bool TryReadDigits(out int number)
    {
        int at = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            _at++;
        if (!int.TryParse(text.AsSpan(at, _at - at), NumberStyles.None, CultureInfo.InvariantCulture, out number))
            number = int.MaxValue;
        return _at > at;
    }

    /// <summary>What stands behind the colon, up to the next comma; 1 where there is no colon.</summary>
    private bool TryReadWeight(string of, out double weight)
    {
        weight = 1;
        if (!IsNext(':'))
            return true;
        _at++;
        int at = SkipSpace();
        string number = ReadUntil(",");
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out weight))
            return Fail(at, $"{Quote(number)} is no weight for {Quote(of)}; write a number such as 0.5 behind the colon.");
        if (!double.IsFinite(weight) || weight == 0)
            return Fail(at, $"the weight of {Quote(of)} is {number}; it has to be finite and not 0.");
        return Math.Abs(weight) is >= SmallestWeight and <= LargestWeight
            || Fail(at, $"the weight of {Quote(of)} is {number}; its magnitude can be 1e-12 to 1e12.");
    }

    /// <summary>Goes behind the comma, if one is next; anything else but the end is a problem.</summary>
    private bool TryTakeComma()
    {
        int at = SkipSpace();
        if (at == text.Length)
            return false;
        if (text[at] != ',')
            return Fail(at, $"{Quote(text[at..])} cannot stand here; a comma or a weight such as :0.5 would do.");
        _at++;
        return true;
    }

    /// <summary>The layer with the longest name or alias that stands here and ends before a sign of the grammar; goes behind it.</summary>
    private Layer? FindLayer()
    {
        Layer? found = null;
        int longest = -1;
        foreach (var layer in geometry.Network.Layers)
        {
            foreach (string name in (ReadOnlySpan<string>)[layer.Name, .. layer.Aliases])
            {
                if (name.Length > longest && text.AsSpan(_at).StartsWith(name, StringComparison.Ordinal) && IsEnd(_at + name.Length))
                    (found, longest) = (layer, name.Length);
            }
        }
        if (found is not null)
            _at += longest;
        return found;
    }

    /// <summary>Whether a name may end here.</summary>
    private bool IsEnd(int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at == text.Length || text[at] is '[' or ':' or ',' or ')';
    }

    /// <summary>Whether this sign is next, behind spaces, which are left behind.</summary>
    private bool IsNext(char sign) => SkipSpace() < text.Length && text[_at] == sign;

    private int SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
        return _at;
    }

    private string ReadWord()
    {
        int at = _at;
        while (_at < text.Length && char.IsAsciiLetter(text[_at]))
            _at++;
        return text[at.._at];
    }

    /// <summary>Everything before the next of some signs, without the spaces around it.</summary>
    private string ReadUntil(string signs)
    {
        int end = text.AsSpan(_at).IndexOfAny(signs);
        string part = end < 0 ? text[_at..] : text.Substring(_at, end);
        _at += part.Length;
        return part.Trim();
    }

    private string Examples(string layer) =>
        $"channels are written as {(geometry.ClassesOf(layer) is [var first, ..] ? $"{layer}[{first}], " : "")}{layer}[3], {layer}[3,7-9], {layer}[strongest 5] or {layer}[3@0.5/0.5].";

    private bool Fail(int at, string problem)
    {
        _problem ??= string.Create(CultureInfo.InvariantCulture, $"{flag}, column {at + 1}: {problem}");
        return false;
    }
}
