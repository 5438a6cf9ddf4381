namespace DreamFarm.Dreaming;

/// <summary>How the dream goes from one octave to the next.</summary>
public enum OctaveMode
{
    /// <summary>The dream's difference from the original, resized, is added to the original at the new size.</summary>
    Detail,

    /// <summary>The dream itself is resized.</summary>
    Upscale,
}
