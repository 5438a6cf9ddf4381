namespace DreamFarm.Networks;

/// <summary>What is made of a cell's activations a before the mean over a layer's cells is taken.</summary>
public enum ObjectiveKind
{
    /// <summary>The mean of a * a over the channels.</summary>
    L2,

    /// <summary>The mean of a itself over the channels.</summary>
    Mean,

    /// <summary>
    /// The largest product of a with the features of one cell of the guide image, over the number of channels. From the section on
    /// controlled dreams of the original DeepDream notebook (Mordvintsev, Olah, Tyka, 2015), whose gradient is the best match's features.
    /// </summary>
    Guide,
}
