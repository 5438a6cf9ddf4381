namespace DreamFarm.Motifs;

/// <summary>All classes. Labels are places in this list, so a new class goes to its end.</summary>
internal static class MotifList
{
    private static readonly Motif[] _objects =
    [
        new Eye(),
        new Spiral(),
        new Peacock(),
        new Flower(),
        new Fern(),
        new Pagoda(),
        new Shell(),
        new Web(),
        new Mandala(),
        new Gear(),
        new Tentacle(),
        new Butterfly(),
        new Face(),
        new Fish(),
        new Leaf(),
        new Phyllo(),
        new Nautilus(),
    ];

    private static readonly Motif[] _textures =
    [
        new Scales(),
        new Wing(),
        new Arches(),
        new Honeycomb(),
        new Waves(),
        new Flames(),
        new Fur(),
        new Wood(),
        new Snake(),
        new Voronoi(),
        new Labyrinth(),
        new Pearls(),
    ];

    private static readonly Motif[] _animals =
    [
        new Cat(),
        new Bird(),
    ];

    private static readonly Motif[] _later =
    [
        new Owl(),
        new Rose(),
        new Dragonfly(),
        new Braid(),
    ];

    /// <summary>The classes, in the order of their labels.</summary>
    public static IReadOnlyList<Motif> All { get; } = [.. _objects, .. _textures, .. _animals, .. _later];
}
