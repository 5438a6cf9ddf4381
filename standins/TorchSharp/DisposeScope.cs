namespace TorchSharp;

/// <summary>Disposes the tensors that its thread made while it was the innermost scope, unless they were moved out.</summary>
public class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? current;

    private readonly HashSet<IDisposable> _held = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;
    private bool _disposed;

    internal DisposeScope()
    {
        _outer = current;
        current = this;
    }

    internal static DisposeScope? Current => current;

    /// <summary>How many tensors the scope would dispose now.</summary>
    public int DisposablesCount => _held.Count;

    /// <summary>Hands a disposable of this scope to the scope around it; without one, to nobody.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (_held.Remove(disposable))
        {
            _outer?._held.Add(disposable);
            if (disposable is torch.Tensor tensor)
                tensor.OwningDisposeScope = _outer;
        }

        return disposable;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (IDisposable disposable in _held.ToArray())
            disposable.Dispose();
        _held.Clear();
        if (ReferenceEquals(current, this))
            current = _outer;
    }

    internal void Add(IDisposable disposable) => _held.Add(disposable);

    internal void Forget(IDisposable disposable) => _held.Remove(disposable);
}
