using System.Globalization;

namespace DreamFarm.Networks;

/// <summary>Everything that <c>--layers</c> and <c>--objective</c> say together.</summary>
/// <param name="Objective">The network's terms, which workers compute.</param>
/// <param name="TotalVariation">Weight of the canvas's total variation, which is subtracted; 0 where none is asked for.</param>
/// <param name="Distance">Weight of the distance to the original, which is subtracted; 0 where none is asked for.</param>
public sealed record ParsedObjective(Objective Objective, double TotalVariation, double Distance)
{
    /// <summary>The canonical text of all terms, such as <c>l2(4c):1,tv:0.1</c>; what <see cref="ObjectiveSyntax"/> reads again to the same.</summary>
    public override string ToString() => Objective + Pixels(ObjectiveSyntax.TotalVariation, TotalVariation) + Pixels(ObjectiveSyntax.Original, Distance);

    private static string Pixels(string name, double weight) => weight == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",{name}:{weight:R}");
}
