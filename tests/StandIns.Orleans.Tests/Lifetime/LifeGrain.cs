namespace StandIns.Orleans.Tests.Lifetime;

public class LifeGrain(Journal journal) : Grain, ILifeGrain
{
    private int _count;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(20, cancellationToken);
        journal.Note($"activated {this.GetPrimaryKeyString()}");
        if (this.GetPrimaryKeyString() == "broken")
            throw new FormatException("This grain cannot live.");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Delay(20, cancellationToken);
        journal.Note($"deactivated {this.GetPrimaryKeyString()} {reason.ReasonCode}");
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
        journal.Note($"ended {this.GetPrimaryKeyString()}");
    }
}
