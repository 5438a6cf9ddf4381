namespace DreamFarm.Networks;

/// <summary>Where the weights of a network come from, as their publisher says; <c>networks pull</c> fetches them there.</summary>
/// <param name="Address">Of the file, http or https.</param>
/// <param name="Bytes">Its size; null where nobody states it.</param>
/// <param name="Sha256Prefix">
/// How the SHA-256 of the file as it is published begins, 8 to 64 lower-case hexadecimal digits. That of the weights that travel
/// (<see cref="WeightFile.Sha256"/>) is another one.
/// </param>
/// <param name="Licence">Its short name, with whose terms besides may matter.</param>
public sealed record Publisher(Uri Address, long? Bytes, string Sha256Prefix, string Licence)
{
    private const int PrefixDigits = 8;

    /// <summary>The file's name at its publisher's, such as <c>vgg16-397923af.pth</c>.</summary>
    public string FileName => Path.GetFileName(Address.AbsolutePath);

    /// <summary>One of torchvision's files, whose name ends with the beginning of its SHA-256: <c>vgg16-397923af.pth</c>.</summary>
    /// <param name="bytes">Its size, if known.</param>
    internal static Publisher Torchvision(string file, long? bytes = null) => new(
        new Uri($"https://download.pytorch.org/models/{file}"),
        bytes,
        Path.GetFileNameWithoutExtension(file)[^PrefixDigits..],
        "BSD-3-Clause, ImageNet's terms");
}
