namespace DreamFarm.Motifs;

/// <summary>A colour of a picture's palette.</summary>
public enum Ink
{
    /// <summary>The ramp's darkest colour.</summary>
    Ramp0,

    /// <summary>The ramp's second colour.</summary>
    Ramp1,

    /// <summary>The ramp's third colour.</summary>
    Ramp2,

    /// <summary>The ramp's lightest colour.</summary>
    Ramp3,

    /// <summary>A colour apart from the ramp.</summary>
    Accent,

    /// <summary>Almost black.</summary>
    Dark,

    /// <summary>Almost white.</summary>
    Light,
}
