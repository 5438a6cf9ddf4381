namespace DreamFarm.Dreaming;

/// <summary>A point in a dream: between two steps.</summary>
/// <param name="Octave">0 for the smallest.</param>
/// <param name="Steps">Steps of that octave that are done; 0 is before the octave's canvas is made.</param>
public readonly record struct Position(int Octave, int Steps) : IComparable<Position>
{
    /// <summary>Which comes first in the dream.</summary>
    public int CompareTo(Position other) => (Octave, Steps).CompareTo((other.Octave, other.Steps));
}
