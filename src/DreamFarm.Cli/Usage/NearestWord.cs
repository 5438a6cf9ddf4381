namespace DreamFarm.Cli.Usage;

/// <summary>Guesses which of a few known words somebody meant.</summary>
internal static class NearestWord
{
    /// <summary>The word with the fewest slips of the finger, if few enough to be a guess worth making.</summary>
    public static string? To(string wanted, IEnumerable<string> known)
    {
        string? word = known.MinBy(word => Distance(wanted, word));
        return word is not null && Distance(wanted, word) <= Math.Max(1, word.TrimStart('-').Length / 3) ? word : null;
    }

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions.</summary>
    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }
        return previous[b.Length];
    }
}
