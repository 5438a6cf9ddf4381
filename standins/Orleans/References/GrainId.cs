using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Which grain: its class and its key.</summary>
public readonly struct GrainId : IEquatable<GrainId>
{
    internal GrainId(Type grainClass, string key) => (GrainClass, KeyText) = (grainClass, key);

    internal Type GrainClass { get; }

    internal string KeyText { get; }

    internal long KeyNumber => long.TryParse(KeyText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidOperationException($"Unable to extract integer key from grain id {this}.");

    internal static string KeyOf(long key) => key.ToString("X", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool Equals(GrainId other) => GrainClass == other.GrainClass && KeyText == other.KeyText;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(GrainClass, KeyText);

    /// <summary>The class's name without "Grain" in lower case, a slash, and the key: <c>band/7</c>.</summary>
    public override string ToString()
    {
        var name = GrainClass.Name.ToLowerInvariant();
        return $"{(name.EndsWith("grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name)}/{KeyText}";
    }

    /// <summary>Whether both name the same grain.</summary>
    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    /// <summary>Whether they name different grains.</summary>
    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);
}
