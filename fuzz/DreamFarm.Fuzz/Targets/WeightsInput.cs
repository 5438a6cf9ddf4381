using DreamFarm.Networks;

namespace DreamFarm.Fuzz;

/// <summary>Bytes as a file of weights.</summary>
internal static class WeightsInput
{
    /// <summary>Opens it, and reads all that it then says to be there.</summary>
    public static void Read(byte[] input, bool portableOnly)
    {
        try
        {
            using var file = WeightFile.Open(new MemoryWeightBytes("input", input), portableOnly);
            _ = file.Sha256;
            foreach (var tensor in file.Tensors.Values.Where(tensor => tensor.Element.IsFloatingPoint()))
                tensor.ToArray();
        }
        catch (WeightsException)
        {
            // One sentence, as documented.
        }
    }
}
