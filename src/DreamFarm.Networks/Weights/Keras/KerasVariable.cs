namespace DreamFarm.Networks;

/// <summary>A variable of a Keras layer in an .h5 file.</summary>
/// <param name="Layer">The layer's name, such as <c>conv2d_7</c>.</param>
/// <param name="Name">Its own, such as <c>kernel</c>.</param>
/// <param name="Shape">Sides, outermost first; at most <see cref="MostSides"/>, none negative.</param>
/// <param name="Element">How its numbers are stored.</param>
/// <param name="Offset">Of the first number, bytes from the file's start; all of them lie in the file.</param>
internal sealed record KerasVariable(string Layer, string Name, long[] Shape, WeightElement Element, long Offset)
{
    public const int MostSides = 8;

    /// <summary>For messages.</summary>
    public override string ToString() => $"{Layer}/{Name}";
}
