using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DreamFarm.Coordinator;

/// <summary>A token's text: 256 random bits behind a prefix by which people, and programs that look for leaked secrets, know it.</summary>
internal static class TokenText
{
    private const string Prefix = "dft_";

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text has a token's form and length; that it was chosen at random nobody can see.</summary>
    public static bool CanBe(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length is >= 47 and <= 200 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>
    /// SHA-256, lowercase hexadecimal. A random token needs no slow hash, and who finds it by its hash learns nothing from
    /// how long the search took.
    /// </summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
