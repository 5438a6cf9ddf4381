namespace Orleans.Activations;

/// <summary>Keeps the caller's async locals out of what is started meanwhile: calls are messages, not calls.</summary>
internal static class CleanContext
{
    public static Scope Enter() => new(ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow());

    public readonly struct Scope(AsyncFlowControl? control) : IDisposable
    {
        public void Dispose() => control?.Undo();
    }
}
