namespace DreamFarm.Training.Tests;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_recipe_makes_sense() => new TrainingOptions().Check();

    [Fact]
    public void A_batch_that_no_array_can_hold_is_refused()
    {
        new TrainingOptions { Crop = 1024, Batch = 341 }.Check();
        var error = Assert.Throws<ArgumentException>(() => new TrainingOptions { Crop = 1024, Batch = 1366 }.Check());
        Assert.Equal("A batch of 1366 pictures of 1024x1024 pixels is too large; 341 would do.", error.Message);
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new TrainingOptions { Epochs = double.NaN }.Check());
        Assert.Throws<ArgumentException>(() => new TrainingOptions { LearningRate = double.PositiveInfinity }.Check());
        Assert.Throws<ArgumentException>(() => new TrainingOptions { Noise = double.NaN }.Check());
    }
}
