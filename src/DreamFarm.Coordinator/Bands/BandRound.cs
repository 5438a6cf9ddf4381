using DreamFarm.Dreaming;

namespace DreamFarm.Coordinator;

/// <summary>One thing that every band of an octave was told to do. Reports may come twice and in any order.</summary>
/// <param name="step">As the bands report it.</param>
/// <param name="toTheEnd">Whether one band's failure shows only when no band is at it any more.</param>
internal sealed class BandRound(BandEvent what, Octave octave, int step, bool toTheEnd = false)
{
    private readonly Lock _lock = new();
    private readonly BandNews?[] _news = new BandNews?[octave.Bands];
    private readonly TaskCompletionSource<IReadOnlyList<BandNews>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = octave.Bands;

    /// <summary>The bands' news, topmost first, when all are there; <see cref="JobProblem"/> if one has failed.</summary>
    public Task<IReadOnlyList<BandNews>> Done => _done.Task;

    public void Take(BandNews news)
    {
        if (news.Event != what || news.Octave != octave.Index || news.Step != step)
            return;
        if (news.Problem is not null && !toTheEnd)
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
        if (_news.FirstOrDefault(each => each!.Problem is not null) is { } failed)
            _done.TrySetException(new JobProblem(failed.Problem!));
        else
            _done.TrySetResult(_news!);
    }
}
