namespace DreamFarm.Cli.Train;

/// <summary>What is told of files that no network learns from.</summary>
internal static class LeftOut
{
    /// <summary>More would hide everything else.</summary>
    private const int MostNamed = 10;

    /// <summary>A line for each of the first, and one that counts the others.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<string> sentences)
    {
        int named = sentences.Count == MostNamed + 1 ? sentences.Count : Math.Min(sentences.Count, MostNamed);
        foreach (string sentence in sentences.Take(named))
            yield return $"left out: {Visible(sentence)}";
        if (sentences.Count > named)
            yield return $"left out: {sentences.Count - named} more files";
    }

    /// <summary>Files can have names that break lines or move a terminal's cursor.</summary>
    private static string Visible(string sentence) => string.Concat(sentence.Select(letter => char.IsControl(letter) ? '?' : letter));
}
