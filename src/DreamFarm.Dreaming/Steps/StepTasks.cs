namespace DreamFarm.Dreaming;

/// <summary>Waits for work that is of use only together.</summary>
internal static class StepTasks
{
    /// <summary>Waits for all; when one fails the others are stopped, and the failure that came first is thrown.</summary>
    public static async Task<T[]> AllAsync<T>(IReadOnlyList<Task<T>> tasks, CancellationTokenSource stop)
    {
        Exception? first = null;
        await foreach (var task in Task.WhenEach(tasks))
        {
            if (task.IsCompletedSuccessfully)
                continue;
            first ??= task.Exception?.InnerException ?? new OperationCanceledException(stop.Token);
            await stop.CancelAsync();
        }
        if (first is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        return await Task.WhenAll(tasks);
    }
}
