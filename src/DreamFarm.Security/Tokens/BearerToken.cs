namespace DreamFarm.Security;

/// <summary>The secret by which a client says who it is.</summary>
public sealed class BearerToken
{
    private readonly string? _fixed;
    private readonly RenewedFiles<string>? _file;

    private BearerToken(string? known, RenewedFiles<string>? file) => (_fixed, _file) = (known, file);

    /// <summary>As it is now.</summary>
    public string Value => _fixed ?? _file!.Value;

    /// <summary>A token that stays.</summary>
    /// <param name="text">What it is.</param>
    /// <param name="source">Where it comes from, for the sentence.</param>
    /// <exception cref="ConnectionException">It can be none.</exception>
    public static BearerToken Of(string text, string source) => new(Check(text.Trim(), source), null);

    /// <summary>The token in a file, which may be replaced while the process runs.</summary>
    /// <exception cref="ConnectionException">It cannot be read or holds none.</exception>
    public static BearerToken Open(string path, TimeProvider time, Action<string> say) =>
        new(null, new RenewedFiles<string>([path], texts => Check(texts[0].Trim(), path), time, say));

    // What a header cannot carry would fail with a sentence about HTTP.
    private static string Check(string token, string source) =>
        token.Length is > 0 and <= 512 && token.All(c => c is > ' ' and <= '~') ? token : throw new ConnectionException($"{source} holds no token such as `dreamfarm tokens create` prints");
}
