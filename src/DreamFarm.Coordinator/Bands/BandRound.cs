using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>One thing that every band of an octave was told to do. Reports may come twice and in any order.</summary>
internal sealed class BandRound(BandEvent what, Octave octave, int step)
{
    private readonly Lock _lock = new();
    private readonly BandNews?[] _news = new BandNews?[octave.Bands];
    private readonly TaskCompletionSource<IReadOnlyList<BandNews>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = octave.Bands;

    /// <summary>The bands' news, topmost first, when all are there; <see cref="JobProblem"/> as soon as one has failed.</summary>
    public Task<IReadOnlyList<BandNews>> Done => _done.Task;

    public void Take(BandNews news)
    {
        if (news.Event != what || news.Octave != octave.Index || news.Step != step)
            return;
        if (news.Problem is not null)
        {
            _done.TrySetException(new JobProblem(news.Problem));
            return;
        }
        lock (_lock)
        {
            if (_news[news.Band] is not null)
                return;
            _news[news.Band] = news;
            if (--_missing > 0)
                return;
        }
        _done.TrySetResult(_news!);
    }
}
