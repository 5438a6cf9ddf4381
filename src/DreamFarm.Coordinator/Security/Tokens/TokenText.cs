using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DreamFarm.Coordinator;

/// <summary>A token's text: 256 random bits behind a prefix by which people, and programs that look for leaked secrets, know it.</summary>
internal static class TokenText
{
    private const string Prefix = "dft_";

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// SHA-256, lowercase hexadecimal. A random token needs no slow hash, and who finds it by its hash learns nothing from
    /// how long the search took.
    /// </summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
