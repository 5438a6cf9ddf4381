namespace DreamFarm.Engine;

/// <summary>What came of a window besides the values of its core.</summary>
/// <param name="Loss">The window's share of the loss: cells whose origin lies in the core.</param>
/// <param name="Exponent">The gradient is value x 2^Exponent; 0 where every value is zero.</param>
public readonly record struct WindowResult(double Loss, int Exponent);
