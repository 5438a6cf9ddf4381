namespace DreamFarm.Training;

/// <summary>What numbers are drawn for: each purpose has streams of its own, so that none changes because another draws more.</summary>
internal static class Purpose
{
    public const ulong Weights = 1;
    public const ulong Order = 2;
    public const ulong Batch = 3;
    public const ulong Picture = 4;
    public const ulong Noise = 5;
    public const ulong Dropout = 6;
    public const ulong Movement = 7;
}
