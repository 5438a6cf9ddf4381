using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DreamFarm.Protocol.Specs;

/// <summary>A whole number of the spec with the range that is accepted.</summary>
/// <param name="Flag">The flag that people know it by, such as <c>--steps</c>.</param>
/// <param name="Minimum">The smallest value accepted.</param>
/// <param name="Maximum">The largest value accepted.</param>
/// <param name="Unit">What is counted, for the sentence; may be empty.</param>
public sealed record IntegerField(string Flag, int Minimum, int Maximum, string Unit = "")
{
    /// <summary>Null if the value is in range, otherwise one sentence that says what would be.</summary>
    public string? Check(int value) => value >= Minimum && value <= Maximum ? null : Sentence(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads what a person wrote; in range or one sentence.</summary>
    public bool TryParse(string text, out int value, [NotNullWhen(false)] out string? problem)
    {
        problem = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) ? Check(value) : Sentence($"\"{text}\"");
        return problem is null;
    }

    private string Sentence(string found) =>
        string.Create(CultureInfo.InvariantCulture, $"{Flag} must be {Minimum} to {Maximum}{(Unit.Length == 0 ? "" : " " + Unit)}, not {found}");
}
