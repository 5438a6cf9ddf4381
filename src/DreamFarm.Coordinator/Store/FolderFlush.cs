namespace DreamFarm.Coordinator;

/// <summary>Flushes a folder for many who change names in it at once: who comes while a flush is under way shares the next one.</summary>
/// <param name="flush">Puts the names in the folder on the disk.</param>
internal sealed class FolderFlush(Action flush)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Returns when every name that was changed before the call is on the disk.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public Task FlushAsync()
    {
        lock (_lock)
            // The one under way may have begun before the name was changed.
            return _next ??= FlushAfterAsync(_running);
    }

    private async Task FlushAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
            (_running, _next) = (_next!, null);
        flush();
    }
}
