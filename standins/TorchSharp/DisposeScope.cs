namespace TorchSharp;

/// <summary>Disposes the tensors that its thread made while it was the innermost scope, unless they were moved out.</summary>
public class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? current;

    private readonly HashSet<IDisposable> held = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? outer;
    private bool disposed;

    internal DisposeScope()
    {
        outer = current;
        current = this;
    }

    internal static DisposeScope? Current => current;

    /// <summary>How many tensors the scope would dispose now.</summary>
    public int DisposablesCount => held.Count;

    /// <summary>Hands a disposable of this scope to the scope around it; without one, to nobody.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (held.Remove(disposable))
        {
            outer?.held.Add(disposable);
            if (disposable is torch.Tensor tensor)
                tensor.OwningDisposeScope = outer;
        }

        return disposable;
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        foreach (IDisposable disposable in held.ToArray())
            disposable.Dispose();
        held.Clear();
        if (ReferenceEquals(current, this))
            current = outer;
    }

    internal void Add(IDisposable disposable) => held.Add(disposable);

    internal void Forget(IDisposable disposable) => held.Remove(disposable);
}
