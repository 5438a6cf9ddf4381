using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DreamFarm.Protocol.Specs;

/// <summary>A number of the spec with the range that is accepted.</summary>
/// <param name="Flag">The flag that people know it by, such as <c>--step-size</c>.</param>
/// <param name="Minimum">The smallest value accepted, or the one above which values are.</param>
/// <param name="Maximum">The largest value accepted.</param>
/// <param name="AboveMinimum">Whether the minimum itself is refused.</param>
public sealed record NumberField(string Flag, double Minimum, double Maximum, bool AboveMinimum = false)
{
    /// <summary>Null if the value is in range, otherwise one sentence that says what would be. NaN is in no range.</summary>
    public string? Check(double value) =>
        (AboveMinimum ? value > Minimum : value >= Minimum) && value <= Maximum ? null : Sentence(value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Reads what a person wrote; in range or one sentence.</summary>
    public bool TryParse(string text, out double value, [NotNullWhen(false)] out string? problem)
    {
        problem = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? Check(value) : Sentence($"\"{text}\"");
        return problem is null;
    }

    private string Sentence(string found) => string.Create(CultureInfo.InvariantCulture,
        $"{Flag} must be {(AboveMinimum ? $"above {Minimum}, at most {Maximum}" : $"{Minimum} to {Maximum}")}, not {found}");
}
