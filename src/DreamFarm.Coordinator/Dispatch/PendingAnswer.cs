using DreamFarm.Dreaming;
using DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>A tile with the answer that is waited for.</summary>
internal abstract class PendingAnswer<T>(JobDispatch job, WindowRequest request, ObjectiveSetup setup, TileTimes times) : PendingTile(job, request, setup, times)
    where T : class
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What came of it, or why nothing did.</summary>
    public Task<T> Answer => _answer.Task;

    /// <summary>False if somebody else was first.</summary>
    public bool TrySetAnswer(T answer) => _answer.TrySetResult(answer);

    public override void SetProblem(Exception problem) => _answer.TrySetException(problem);

    public override void SetCanceled(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);
}
