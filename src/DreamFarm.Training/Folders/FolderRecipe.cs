namespace DreamFarm.Training;

/// <summary>
/// The recipe for a folder of pictures. It begins with the built-in network's weights, which know lines, rings and leaves already: 160 pictures alone
/// teach no network to dream. The rate of learning is the full one all the same; with a third of it dreams keep much of the built-in network's motifs.
/// </summary>
public static class FolderRecipe
{
    /// <summary>
    /// Photographs are looked at from near and far: the window that is cut out is up to twice as wide as the crop. Their shorter side is worth
    /// keeping up to that many pixels.
    /// </summary>
    public const int Zoom = 2;

    /// <summary>Pictures seen in the shortest training, each many times, in another cut every other time: a minute or two on two processors.</summary>
    private const int FewestSeen = 12_000;

    /// <summary>Where there are more pictures, each is seen this often, until that takes as long as the built-in network's training.</summary>
    private const int EpochsBetween = 30;

    private const int MostSeen = 100_000;

    /// <summary>However many pictures there are, each is seen this often.</summary>
    private const int FewestEpochs = 4;

    /// <summary>How far pictures of the usual size are moved at most; larger ones as far for each pixel. Chosen by eye on folders of two and three classes.</summary>
    private const double Epsilon = 2;

    /// <summary>A batch of squares of this side fits into memory; of larger ones it has fewer.</summary>
    private const int LargestOfFullBatch = 96;

    private const int SmallestBatch = 8;

    /// <summary>The recipe for a number of pictures.</summary>
    /// <param name="pictures">In the set to train on.</param>
    /// <param name="crop">Side of the square that the network sees, pixels.</param>
    /// <param name="epochs">How often the pictures are gone through; null chooses by their number.</param>
    public static TrainingOptions For(int pictures, int crop, int? epochs = null)
    {
        var full = new TrainingOptions();
        var area = (double)LargestOfFullBatch * LargestOfFullBatch / (crop * crop);
        var batch = Math.Clamp((int)(full.Batch * area), SmallestBatch, full.Batch);
        return full with
        {
            Crop = crop,
            Zoom = Zoom,
            // The built-in network has seen moved pictures before.
            Clean = 0,
            Batch = batch,
            // The noise of a step grows as its batch shrinks; so must its length (Goyal et al., 2017).
            LearningRate = full.LearningRate * batch / full.Batch,
            Epsilon = Epsilon * crop / full.Crop,
            Epochs = epochs ?? EpochsFor(pictures),
        };
    }

    private static int EpochsFor(int pictures)
    {
        var seen = Math.Clamp((long)EpochsBetween * pictures, FewestSeen, MostSeen);
        return (int)Math.Max(FewestEpochs, (seen + pictures - 1) / pictures);
    }
}
