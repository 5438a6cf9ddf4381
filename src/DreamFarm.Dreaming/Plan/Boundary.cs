namespace DreamFarm.Dreaming;

/// <summary>How the canvas goes on outside the image.</summary>
public enum Boundary
{
    /// <summary>Periodic.</summary>
    Wrap,

    /// <summary>Mirrored without repeating the edge pixel.</summary>
    Reflect,
}
