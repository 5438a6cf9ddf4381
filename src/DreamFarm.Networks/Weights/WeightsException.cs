namespace DreamFarm.Networks;

/// <summary>Weights that cannot be used. The message is one sentence for the user; it names the file.</summary>
public sealed class WeightsException : Exception
{
    /// <summary>A complaint about one file: its name, then what is wrong with it.</summary>
    internal WeightsException(string file, string problem, Exception? inner = null)
        : base($"{file}: {Printable(problem)}", inner)
    {
    }

    /// <summary>A complaint that was made before.</summary>
    internal WeightsException(WeightsException earlier)
        : base(earlier.Message, earlier)
    {
    }

    /// <summary>A complaint that is about no single file.</summary>
    internal WeightsException(string sentence)
        : base(sentence)
    {
    }

    // Names out of a file can be anything, down to megabytes of a terminal's control sequences.
    private static string Printable(string text)
    {
        const int longest = 400;
        var shown = text.Length <= longest ? text : $"{text.AsSpan(0, longest)}...";
        return string.Concat(shown.Select(letter => char.IsControl(letter) ? '?' : letter));
    }
}
