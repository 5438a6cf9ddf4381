using DreamFarm.Networks;

namespace DreamFarm.Training;

/// <summary>What a file of trained weights is to hold.</summary>
public sealed record ExportOptions
{
    /// <summary>Float16 or Float32.</summary>
    public WeightElement Element { get; init; } = WeightElement.Float16;

    /// <summary>Whether the file describes its network, and so suffices to dream; weights of a network that the catalogue knows need not.</summary>
    public bool DescribeNetwork { get; init; } = true;

    /// <summary>What else the file is to say of its training, such as the commit, by name.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();
}
