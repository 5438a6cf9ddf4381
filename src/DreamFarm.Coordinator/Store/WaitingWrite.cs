namespace DreamFarm.Coordinator;

/// <summary>A write on its way through the database's one writer.</summary>
internal abstract class WaitingWrite(StorePatience patience, long began, CancellationToken cancellation)
{
    protected CancellationToken Cancellation => cancellation;

    /// <summary>Whether it may be committed already, though nobody said so.</summary>
    public bool MayBeWritten { get; set; }

    /// <summary>Whether its caller has given up; then nobody writes it.</summary>
    public abstract bool IsOver();

    public abstract Task RunAsync(SqlSession session);

    /// <summary>It is durable.</summary>
    public abstract void Complete();

    /// <returns>True.</returns>
    public abstract bool Fail(Exception failure);

    /// <summary>Whether it waits until the trouble is over.</summary>
    public bool Waits(StoreTrouble trouble, TimeProvider time, TimeSpan shortPatience) => trouble switch
    {
        StoreTrouble.Away => patience == StorePatience.Endless || time.GetElapsedTime(began) < shortPatience,
        StoreTrouble.Full => patience == StorePatience.Endless,
        _ => false,
    };
}

/// <typeparam name="T">What the caller gets.</typeparam>
internal sealed class WaitingWrite<T>(Func<SqlSession, Task<T>> write, StorePatience patience, long began, CancellationToken cancellation)
    : WaitingWrite(patience, began, cancellation)
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _value = default!;

    public Task<T> Result => _result.Task;

    public override bool IsOver() => !MayBeWritten && Cancellation.IsCancellationRequested && _result.TrySetCanceled(Cancellation);

    public override async Task RunAsync(SqlSession session) => _value = await write(session);

    public override void Complete() => _result.TrySetResult(_value);

    public override bool Fail(Exception failure)
    {
        _result.TrySetException(failure);
        return true;
    }
}
