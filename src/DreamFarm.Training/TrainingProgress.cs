namespace DreamFarm.Training;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">How often the training's pictures were gone through, counting a batch that is used again as new.</param>
/// <param name="Iteration">Iterations that are done.</param>
/// <param name="Iterations">Iterations in all.</param>
/// <param name="Loss">The mean loss of the last iterations; null where this run has done none, its checkpoint being of the end.</param>
/// <param name="Accuracy">The share of the last iterations' pictures that were told right, moved and mixed as they were; null as the loss is.</param>
/// <param name="ValidationAccuracy">The share of the validation's pictures that were told right when that was last measured; null before.</param>
/// <param name="TimeLeft">Null before anything can be said of it.</param>
public sealed record TrainingProgress(double Epoch, int Iteration, int Iterations, double? Loss, double? Accuracy, double? ValidationAccuracy, TimeSpan? TimeLeft);
