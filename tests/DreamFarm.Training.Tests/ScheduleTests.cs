namespace DreamFarm.Training.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void A_recipe_is_clean_for_a_third_and_then_uses_every_batch_twice()
    {
        var schedule = new Schedule(new TrainingOptions { Epochs = 1, Epsilon = 3 }, pictures: 64 * 1000);
        Assert.Equal(1000, schedule.Iterations);
        Assert.Equal((349, 350, 350, 351), (schedule.BatchOf(349), schedule.BatchOf(350), schedule.BatchOf(351), schedule.BatchOf(352)));
        Assert.Equal(675, schedule.Batches);
        Assert.False(schedule.IsUsedAgain(349));
        Assert.True(schedule.IsUsedAgain(350));
        Assert.False(schedule.IsUsedAgain(351));
        Assert.False(schedule.IsUsedAgain(999));

        Assert.Equal(0, schedule.Epsilon(350), 1e-9);
        Assert.Equal(1.5, schedule.Epsilon(500), 1e-9);
        Assert.Equal(3, schedule.Epsilon(900), 1e-9);

        Assert.Equal(1e-4, schedule.Rate(0), 1e-9);
        Assert.Equal(0.1 + 1e-4, schedule.Rate(150), 1e-9);
        Assert.Equal(0.05 + 1e-4, schedule.Rate(575), 1e-9);
        Assert.InRange(schedule.Rate(999), 1e-4, 2e-4);
    }

    [Fact]
    public void Without_movement_no_batch_is_used_twice()
    {
        var schedule = new Schedule(new TrainingOptions { Epochs = 1, Epsilon = 0 }, pictures: 640);
        Assert.Equal((10, 10), (schedule.Iterations, schedule.Batches));
    }
}
