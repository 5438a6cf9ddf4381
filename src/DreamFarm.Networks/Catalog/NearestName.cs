namespace DreamFarm.Networks;

/// <summary>Guesses which of a few known names somebody meant.</summary>
public static class NearestName
{
    // Longer input is no slip of the finger, and the distance below costs the product of both lengths.
    private const int LongestGuessed = 64;

    // A network has up to a hundred layers; a sentence with all of them is no answer.
    private const int MostListed = 12, ListedOfMore = 8;

    /// <summary>The end of a sentence: the near name if there is one, and always the names that would do: all of a few, the nearest of many.</summary>
    public static string Suggest(string wanted, IEnumerable<string> known)
    {
        var names = known.ToArray();
        var list = names switch
        {
            [var only] => only,
            { Length: <= MostListed } => $"{string.Join(", ", names[..^1])} or {names[^1]}",
            _ => $"{string.Join(", ", Nearest(wanted, names).Take(ListedOfMore))} or one of {names.Length - ListedOfMore} others",
        };
        return Find(wanted, names) is { } near ? $"did you mean \"{near}\"? It can be {list}." : $"it can be {list}.";
    }

    /// <summary>The name with the fewest slips, if few enough to be a guess worth making; otherwise null.</summary>
    public static string? Find(string wanted, IReadOnlyList<string> known)
    {
        if (wanted.Length is 0 or > LongestGuessed)
            return null;
        var (best, name) = known.Select(name => (Slips: Distance(wanted.ToLowerInvariant(), name.ToLowerInvariant()), Name: name)).MinBy(pair => pair.Slips);
        return best <= (name.Length < 4 ? 1 : Math.Max(2, name.Length / 3)) ? name : null;
    }

    private static IEnumerable<string> Nearest(string wanted, IEnumerable<string> names)
    {
        var start = wanted.ToLowerInvariant()[..Math.Min(wanted.Length, LongestGuessed)];
        return names.OrderBy(name => Distance(start, name.ToLowerInvariant()));
    }

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
