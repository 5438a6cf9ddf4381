namespace DreamFarm.Fuzz;

/// <summary>An input on which a parser failed.</summary>
/// <param name="Target">Whose.</param>
/// <param name="Kind">The same for inputs that fail alike.</param>
/// <param name="Text">What happened.</param>
/// <param name="Input">The bytes.</param>
internal sealed record Finding(string Target, string Kind, string Text, byte[] Input);
