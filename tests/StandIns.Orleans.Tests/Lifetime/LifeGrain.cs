namespace StandIns.Orleans.Tests.Lifetime;

public class LifeGrain : Grain, ILifeGrain
{
    private readonly Journal _journal;
    private int _count;

    public LifeGrain(Journal journal)
    {
        _journal = journal;
        if (this.GetPrimaryKeyString() == "unborn")
            throw new FormatException("This grain cannot be made.");
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(20, cancellationToken);
        _journal.Note($"activated {this.GetPrimaryKeyString()}");
        if (this.GetPrimaryKeyString() == "broken")
            throw new FormatException("This grain cannot live.");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Delay(20, cancellationToken);
        _journal.Note($"deactivated {this.GetPrimaryKeyString()} {reason.ReasonCode}");
    }

    public Task<int> CountAsync() => Task.FromResult(++_count);

    public Task DelayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task EndAsync()
    {
        DeactivateOnIdle();
        await Task.Delay(20);
        _journal.Note($"ended {this.GetPrimaryKeyString()}");
    }
}
