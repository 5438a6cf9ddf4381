using System.Runtime.ExceptionServices;

namespace DreamFarm.Training;

/// <summary>Makes batches ahead of the training on threads of its own and hands them out in order. Used by one thread.</summary>
internal sealed class BatchQueue : IDisposable
{
    private readonly object _monitor = new();
    private readonly BatchMaker _maker;
    private readonly int _end;
    private readonly Thread[] _threads;
    private readonly List<TrainingBatch> _all = [];
    private readonly Stack<TrainingBatch> _free = [];
    private readonly Dictionary<int, TrainingBatch> _ready = [];
    private int _next;
    private bool _stopped;
    private ExceptionDispatchInfo? _failure;

    /// <param name="first">The first batch to be taken.</param>
    /// <param name="end">The number behind the last one.</param>
    /// <param name="make">Makes an empty batch.</param>
    public BatchQueue(BatchMaker maker, int first, int end, int threads, Func<TrainingBatch> make)
    {
        (_maker, _next, _end) = (maker, first, end);
        // One that is being used, one that waits, and one on each thread.
        for (var i = 0; i < threads + 2; i++)
        {
            _all.Add(make());
            _free.Push(_all[i]);
        }
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"batches {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Waits for a batch, to be given back. They have to be taken in order.</summary>
    public TrainingBatch Take(int number)
    {
        lock (_monitor)
        {
            TrainingBatch? batch;
            while (!_ready.Remove(number, out batch))
            {
                _failure?.Throw();
                Monitor.Wait(_monitor);
            }
            return batch;
        }
    }

    public void GiveBack(TrainingBatch batch)
    {
        lock (_monitor)
        {
            _free.Push(batch);
            Monitor.PulseAll(_monitor);
        }
    }

    public void Dispose()
    {
        lock (_monitor)
        {
            _stopped = true;
            Monitor.PulseAll(_monitor);
        }
        foreach (var thread in _threads)
            thread.Join();
        foreach (var batch in _all)
            batch.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            int number;
            TrainingBatch batch;
            lock (_monitor)
            {
                while (!_stopped && _next < _end && _free.Count == 0)
                    Monitor.Wait(_monitor);
                if (_stopped || _next >= _end)
                    return;
                (number, batch) = (_next++, _free.Pop());
            }

            try
            {
                _maker.Make(number, batch);
            }
            catch (Exception error)
            {
                lock (_monitor)
                {
                    _failure ??= ExceptionDispatchInfo.Capture(error);
                    _stopped = true;
                    Monitor.PulseAll(_monitor);
                }
                return;
            }

            lock (_monitor)
            {
                _ready.Add(number, batch);
                Monitor.PulseAll(_monitor);
            }
        }
    }
}
