using System.Collections.Concurrent;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// One thread that computes one window at a time with one libtorch thread. The thread is its own, not the pool's:
/// dispose scopes, gradient recording and the number of libtorch's threads all belong to the thread they were set on.
/// </summary>
internal sealed class Lane
{
    /// <summary>After so long without a window its memory is no longer kept for the next one.</summary>
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<LaneWork> _queue;
    private readonly IWindowGradient _gradient;
    private readonly int? _processor;
    private readonly Thread _thread;

    /// <param name="processor">The processor that the lane keeps to; null for any.</param>
    public Lane(int number, BlockingCollection<LaneWork> queue, IWindowGradient gradient, int? processor)
    {
        _queue = queue;
        _gradient = gradient;
        _processor = processor;
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
        foreach (LaneWork work in Works())
            work.Run(_gradient);
    }

    private IEnumerable<LaneWork> Works()
    {
        while (!_queue.IsCompleted)
        {
            if (_queue.TryTake(out LaneWork? work, _idle))
            {
                yield return work;
                continue;
            }

            KeptMemory.HandBack();
            foreach (LaneWork next in _queue.GetConsumingEnumerable().Take(1))
                yield return next;
        }
    }
}
