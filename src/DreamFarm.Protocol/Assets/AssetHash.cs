namespace DreamFarm.Protocol.Assets;

/// <summary>The name of an asset: the SHA-256 of its bytes.</summary>
public static class AssetHash
{
    /// <summary>Whether a text is a SHA-256 as it is written everywhere here: 64 lowercase hexadecimal digits. What is, is safe as a file's name.</summary>
    public static bool IsValid(string sha256) => sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower);

    /// <summary>How a hash is shown to people: <c>0123abcd…</c>.</summary>
    public static string Short(string sha256) => $"{sha256.AsSpan(0, Math.Min(8, sha256.Length))}…";
}
