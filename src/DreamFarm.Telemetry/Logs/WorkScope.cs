using System.Collections;

namespace DreamFarm.Telemetry;

/// <summary>What the lines of a log scope are about; what is null is not said. Octaves, steps, rows and columns count from 1, as everywhere that people read them.</summary>
/// <param name="Job">Its id.</param>
/// <param name="Octave">From 1.</param>
/// <param name="Step">From 1.</param>
/// <param name="Tile">"row/column" in the step's grid, both from 1.</param>
/// <param name="Worker">Its id.</param>
public sealed record WorkScope(string? Job = null, int? Octave = null, int? Step = null, string? Tile = null, string? Worker = null)
    : IEnumerable<KeyValuePair<string, object?>>
{
    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return new(nameof(Job), Job);
        yield return new(nameof(Octave), Octave);
        yield return new(nameof(Step), Step);
        yield return new(nameof(Tile), Tile);
        yield return new(nameof(Worker), Worker);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
