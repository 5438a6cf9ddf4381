using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Coordinator;

/// <summary>
/// A job as it is now: its record, its progress, its previews. Every change makes a new version; whoever watches asks for
/// one newer than it has seen, so changes in between cost nothing. Safe from many threads.
/// </summary>
internal sealed class JobFeed(JobRecord record, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, (long Version, V1.Preview Picture)> _previews = [];
    private JobRecord _record = record;
    private V1.Progress? _progress = record.Progress;
    private V1.Checkpoint? _checkpoint;
    private string _waiting = "";
    private bool _ending;
    private long _version;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobRecord Record
    {
        get
        {
            lock (_lock)
                return _record;
        }
    }

    /// <summary>The newest progress; null before the first.</summary>
    public V1.Progress? Progress
    {
        get
        {
            lock (_lock)
                return _progress;
        }
    }

    /// <summary>The sizes of previews that are watched.</summary>
    public PreviewWishes Wishes { get; } = new(time);

    /// <summary>The record has changed.</summary>
    public void Set(JobRecord record) => Change(() =>
    {
        _record = record;
        if (record.IsFinished)
            _previews.Clear();
    });

    /// <param name="record">The record, with or without a change.</param>
    /// <param name="ending">Whether a run still ends that nobody wants to go on.</param>
    public void Set(JobRecord record, bool ending)
    {
        _ending = ending;
        Set(record);
    }

    /// <param name="waiting">One sentence why no tile can be computed now; empty if tiles are.</param>
    public void Set(V1.Progress progress, string waiting) => Change(() => (_progress, _waiting) = (progress, waiting));

    /// <summary>The newest whole checkpoint; null if there is none.</summary>
    public void SetCheckpoint(CheckpointManifest? checkpoint) => Change(() => _checkpoint = checkpoint is null
        ? null
        : new V1.Checkpoint { Octave = checkpoint.Octave, Steps = checkpoint.Steps, Time = checkpoint.Time.ToTimestamp() });

    /// <param name="waiting">One sentence what comes before the first tile; empty if nothing does.</param>
    public void SetWaiting(string waiting) => Change(() => _waiting = waiting);

    /// <summary>Keeps the newest picture of every size that is still watched.</summary>
    public void SetPreview(int side, V1.Preview picture) => Change(() =>
    {
        foreach (int left in _previews.Keys.Except(Wishes.Now()).ToArray())
            _previews.Remove(left);
        _previews[side] = (_version + 1, picture);
    });

    /// <summary>The job now. The preview is in it if it is newer than what was seen.</summary>
    public JobView Look(long seen, int preview)
    {
        lock (_lock)
        {
            var job = _record.ToMessage();
            job.Progress = _progress;
            job.Checkpoint = _record.State == V1.JobState.Done ? null : _checkpoint;
            if (job.Message.Length == 0)
                job.Message = Message();
            if (_previews.TryGetValue(preview, out var picture) && picture.Version > seen)
                job.Preview = picture.Picture;
            return new JobView(_version, job.ToByteArray());
        }
    }

    /// <summary>Returns when there is a version newer than <paramref name="seen"/>, after <paramref name="limit"/>, or when cancelled.</summary>
    public async Task WaitAsync(long seen, TimeSpan limit, CancellationToken cancellation)
    {
        Task changed;
        lock (_lock)
        {
            if (_version > seen)
                return;
            changed = _changed.Task;
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(changed, Task.Delay(limit, time, over.Token));
        await over.CancelAsync();
    }

    private string Message() => _record.State switch
    {
        V1.JobState.Queued or V1.JobState.Paused when _ending => "its run keeps a checkpoint and frees the workers",
        V1.JobState.Queued => "other jobs are before it",
        V1.JobState.Running or V1.JobState.Cancelling => _waiting,
        _ => "",
    };

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            _version++;
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
