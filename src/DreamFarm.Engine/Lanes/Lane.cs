using System.Collections.Concurrent;
using TorchSharp;

namespace DreamFarm.Engine;

/// <summary>
/// One thread that computes one window at a time with one libtorch thread. The thread is its own, not the pool's:
/// dispose scopes, gradient recording and the number of libtorch's threads all belong to the thread they were set on.
/// </summary>
internal sealed class Lane
{
    private readonly BlockingCollection<WindowWork> _queue;
    private readonly IWindowGradient _gradient;
    private readonly Thread _thread;

    public Lane(int number, BlockingCollection<WindowWork> queue, IWindowGradient gradient)
    {
        _queue = queue;
        _gradient = gradient;
        _thread = new Thread(Run) { IsBackground = true, Name = $"lane {number}" };
        _thread.Start();
    }

    /// <summary>Waits until the queue is closed and the lane has left it.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        torch.set_num_threads(1);
        foreach (WindowWork work in _queue.GetConsumingEnumerable())
            work.Run(_gradient);
    }
}
