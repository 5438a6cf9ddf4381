namespace DreamFarm.Networks;

/// <summary>
/// What a dream maximises in the network: the sum of its terms. <see cref="ToString"/> gives the text that specs and workers carry,
/// such as <c>l2(4c[3,17]):1,mean(logits[17]):0.5</c>, which <see cref="ObjectiveSyntax"/> reads again to the same objective.
/// </summary>
/// <param name="Terms">At least one, each another combination of kind, layer and channels.</param>
public sealed record Objective(IReadOnlyList<ObjectiveTerm> Terms)
{
    /// <summary>The layers that the terms are about, each once, in the order in which they are first named.</summary>
    public IReadOnlyList<string> Layers => [.. Terms.Select(term => term.Layer).Distinct(StringComparer.Ordinal)];

    /// <summary>Layers at which the features of the guide image are needed, each once.</summary>
    public IReadOnlyList<string> GuidedLayers =>
        [.. Terms.Where(term => term.Kind == ObjectiveKind.Guide).Select(term => term.Layer).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public bool Equals(Objective? other) => other is not null && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc/>
    public override int GetHashCode() => Terms.Aggregate(0, HashCode.Combine);

    /// <summary>The canonical text.</summary>
    public override string ToString() => string.Join(',', Terms);
}
