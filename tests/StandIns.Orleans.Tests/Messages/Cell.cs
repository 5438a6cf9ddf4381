namespace StandIns.Orleans.Tests.Messages;

[GenerateSerializer]
public readonly record struct Cell(int X, int Y, int[] Values);
