namespace DreamFarm.Motifs;

/// <summary>What local coordinates mean.</summary>
public enum MotifForm
{
    /// <summary>One thing within the unit disc; what lies outside is the background.</summary>
    Object,

    /// <summary>A plane of cells of side 1 without end.</summary>
    Texture,
}
