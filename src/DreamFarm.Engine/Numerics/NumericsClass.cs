using System.Security.Cryptography;

namespace DreamFarm.Engine;

/// <summary>A numerics class: engines of equal names compute the same bits.</summary>
/// <param name="Name">64 hexadecimal digits.</param>
/// <param name="Repeatable">
/// Whether the engine computes the same bits each time, in whatever place of a batch. If it does not, its class has a name that nothing else has, nor will
/// it have again: a job that begins there can go on nowhere, unless it may be mixed.
/// </param>
public readonly record struct NumericsClass(string Name, bool Repeatable)
{
    /// <summary>The class of an engine that has computed one window some times.</summary>
    /// <param name="hashes">Of each time; at least one.</param>
    internal static NumericsClass Of(IReadOnlyList<string> hashes) =>
        hashes.All(hash => hash == hashes[0]) ? new(hashes[0], true) : new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), false);
}
