namespace DreamFarm.Motifs;

/// <summary>One class of pictures: what is drawn, as an analytic function of local coordinates. Has no state.</summary>
public abstract class Motif
{
    /// <summary>The class's name: "eye".</summary>
    public abstract string Name { get; }

    /// <summary>Whether it is an object within the unit disc or a plane of cells of side 1.</summary>
    public virtual MotifForm Form => MotifForm.Object;

    /// <summary>Whether it has an up and a down: it is then turned only a little (sigma 0.35 radians).</summary>
    public virtual bool Upright => false;

    /// <summary>Whether its ramp of colours may be turned round, so that its light parts are dark.</summary>
    public virtual bool Invertible => true;

    /// <summary>Of an object: its smallest and its largest radius, in halves of a picture.</summary>
    public virtual (float Least, float Most) Radius => (0.4f, 1.5f);

    /// <summary>Of a texture: the fewest and the most cells in half a picture.</summary>
    public virtual (float Least, float Most) Span => (1.3f, 4.2f);

    /// <summary>Draws what one picture of the class has of its own, and returns what paints its pixels.</summary>
    /// <param name="canvas">The picture: its draws and smooth noise over it.</param>
    public abstract Brush Begin(Canvas canvas);
}
