namespace DreamFarm.Coordinator.Tests;

public class WorkerConductTests
{
    private readonly ManualTime _time = new();
    private readonly WorkerConduct _conduct;

    public WorkerConductTests() => _conduct = new WorkerConduct(new DispatchOptions(), _time);

    [Fact]
    public void Three_wrong_answers_in_a_row_are_a_quarantine_and_two_are_not()
    {
        Assert.Equal([false, false], [_conduct.Wrong(), _conduct.Wrong()]);
        _conduct.Right();
        Assert.Equal([false, false], [_conduct.Wrong(), _conduct.Wrong()]);
        // What it says it could not do is no lie, and takes back none.
        _conduct.Failed();
        Assert.False(_conduct.IsQuarantined);
        Assert.True(_conduct.Wrong());
        Assert.True(_conduct.IsQuarantined);
        Assert.Equal(_time.GetUtcNow().AddSeconds(60), _conduct.QuarantinedUntil);
        _time.Pass(seconds: 59.9);
        Assert.True(_conduct.IsQuarantined);
        _time.Pass(seconds: 0.2);
        Assert.False(_conduct.IsQuarantined);
        Assert.Null(_conduct.QuarantinedUntil);
    }

    [Fact]
    public void Quarantines_grow_to_ten_minutes_and_are_forgotten_after_ten_good_ones()
    {
        var lengths = new List<double>();
        for (int i = 0; i < 6; i++)
            lengths.Add(Quarantine());
        Assert.Equal([60, 120, 240, 480, 600, 600], lengths);
        Assert.True(_conduct.IsRecorded);
        _time.Pass(seconds: 601);
        Assert.False(_conduct.IsRecorded);
        Assert.Equal(60, Quarantine());
    }

    [Fact]
    public void Who_fails_three_times_in_a_row_rests_ever_longer()
    {
        _conduct.Failed();
        _conduct.Failed();
        Assert.False(_conduct.IsResting);
        _conduct.Failed();
        Assert.True(_conduct.IsResting);
        _time.Pass(seconds: 1.1);
        Assert.Equal([false, true, false], [_conduct.IsResting, _conduct.EndRest(), _conduct.EndRest()]);
        _conduct.Failed();
        _time.Pass(seconds: 1.1);
        Assert.True(_conduct.IsResting);
        Assert.False(_conduct.IsQuarantined);
    }

    private double Quarantine()
    {
        while (!_conduct.Wrong())
            continue;
        double length = (_conduct.QuarantinedUntil!.Value - _time.GetUtcNow()).TotalSeconds;
        _time.Pass(length);
        return length;
    }
}
