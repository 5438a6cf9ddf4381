using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DreamFarm.Security;

/// <summary>Reads certificates from PEM text.</summary>
internal static class PemCertificates
{
    /// <summary>In the order of the file; at least one.</summary>
    /// <exception cref="ConnectionException">There is none, or one is damaged.</exception>
    public static X509Certificate2Collection Read(string path, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new ConnectionException($"a certificate in {path} is damaged", e);
        }
        return certificates.Count > 0 ? certificates : throw new ConnectionException($"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }
}
