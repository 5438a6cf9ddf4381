using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// One thread that computes one batch of windows at a time with one libtorch thread; it waits for a window, but never for a batch to be full.
/// The thread is its own, not the pool's: dispose scopes, gradient recording and the number of libtorch's threads all belong to the thread
/// they were set on.
/// </summary>
internal sealed class Lane
{
    /// <summary>After so long without a window its memory is no longer kept for the next one.</summary>
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(10);

    private readonly LaneQueue _queue;
    private readonly IWindowGradient _gradient;
    private readonly int? _processor;
    private readonly SemaphoreSlim? _gate;
    private readonly Thread _thread;

    /// <param name="processor">The processor that the lane keeps to; null for any.</param>
    /// <param name="gate">Room for the lanes of several engines that may compute at a time; null if there are no others.</param>
    public Lane(int number, LaneQueue queue, IWindowGradient gradient, int? processor, SemaphoreSlim? gate)
    {
        _queue = queue;
        _gradient = gradient;
        _processor = processor;
        _gate = gate;
        _thread = new Thread(Run) { IsBackground = true, Name = $"lane {number}" };
        _thread.Start();
    }

    /// <summary>Waits until the queue is closed and the lane has left it.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        if (_processor is { } processor)
            Processors.KeepTo(processor);
        torch.set_num_threads(1);
        while (Wait())
        {
            // First the gate, then the windows: more of them may come before it is open.
            _gate?.Wait();
            try
            {
                IReadOnlyList<LaneWork> batch = _queue.Take();
                if (batch.Count > 0)
                    batch[0].Run(_gradient, batch);
            }
            finally
            {
                _gate?.Release();
            }
        }
    }

    private bool Wait()
    {
        if (_queue.Wait(_idle))
            return true;
        KeptMemory.HandBack();
        return _queue.Wait(Timeout.InfiniteTimeSpan);
    }
}
