namespace StandIns.Orleans.Tests.Turns;

public sealed class TurnsGrain(Journal journal) : Grain, ITurnsGrain
{
    private readonly TaskCompletionSource _open = new();
    private int _inside;
    private int _entered;

    public async Task WorkAsync(string name, TimeSpan duration)
    {
        journal.Note($"begin {name}");
        await Task.Delay(duration);
        journal.Note($"end {name}");
    }

    public async Task HoldAsync(string name)
    {
        journal.Note($"begin {name}");
        await _open.Task;
        journal.Note($"end {name}");
    }

    public ValueTask<int> OpenAsync()
    {
        journal.Note("open");
        _open.TrySetResult();
        return ValueTask.FromResult(_entered);
    }

    public async Task ExclusiveAsync()
    {
        for (var i = 0; i < 20; i++)
        {
            if (Interlocked.Increment(ref _inside) != 1)
                throw new InvalidOperationException("Two threads are in the grain.");
            _entered++;
            Thread.SpinWait(200);
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }
    }

    public async Task<string[]> SchedulersAsync()
    {
        var own = TaskScheduler.Current;
        var seen = new List<string> { Name(own) };
        await Task.Delay(1);
        seen.Add(Name(TaskScheduler.Current));
        seen.Add(await Task.Run(() => Name(TaskScheduler.Current)));
        seen.Add(Name(TaskScheduler.Current));
        seen.Add(await Task.Factory.StartNew(() => Name(TaskScheduler.Current)));
#pragma warning disable ORLEANS0014 // What is shown here is what becomes of such code.
        await Task.Delay(1).ConfigureAwait(false);
#pragma warning restore ORLEANS0014
        seen.Add(Name(TaskScheduler.Current));
        return [.. seen];

        string Name(TaskScheduler scheduler) => scheduler == TaskScheduler.Default ? "pool" : scheduler == own ? "grain" : "other";
    }

    public async Task<string> FailAsync(string message)
    {
        await Task.Yield();
        throw new FormatException(message);
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        journal.Note("waiting");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            journal.Note("cancelled");
            throw;
        }
    }

    public async Task ForgetAsync(string name)
    {
        await _open.Task;
        journal.Note($"forgotten {name}");
        throw new InvalidOperationException("Nobody hears of this.");
    }

    public Task<string> CallBackThroughAsync(ITurnsGrain other) => other.PingAsync(this.AsReference<ITurnsGrain>());

    public Task<string> PingAsync(ITurnsGrain caller) => caller.NameAsync();

    public Task<string> NameAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<string> NameOfAnotherAsync(bool outside)
    {
        return outside ? Task.Run(Name) : Task.FromResult(Name());

        string Name() => GrainFactory.GetGrain<ITurnsGrain>("another").GetPrimaryKeyString();
    }
}
