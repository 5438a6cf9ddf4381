namespace DreamFarm.Engine;

/// <summary>Works that wait for a lane, oldest first. Safe from several threads.</summary>
internal sealed class LaneQueue
{
    private readonly LinkedList<LaneWork> _waiting = [];
    private bool _closed;

    /// <summary>Adds works, which a lane finds there together.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public void Add(params ReadOnlySpan<LaneWork> works)
    {
        lock (_waiting)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            foreach (LaneWork work in works)
            {
                _waiting.AddLast(work);
                Monitor.Pulse(_waiting);
            }
        }
    }

    /// <summary>Takes no more works; those that wait are still handed out.</summary>
    public void Close()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.PulseAll(_waiting);
        }
    }

    /// <summary>Waits for a work, which another lane may still take first.</summary>
    /// <param name="patience"><see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>False if none came; of an infinite patience that means that the queue is closed and empty.</returns>
    public bool Wait(TimeSpan patience)
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_closed || !Monitor.Wait(_waiting, patience))
                    return false;
            }
            return true;
        }
    }

    /// <summary>
    /// Takes the oldest work and those of its kind that are there already, as many as fit into one batch. What is of another kind keeps its
    /// place, so nothing is overtaken for ever.
    /// </summary>
    /// <returns>Oldest first; empty if there is none.</returns>
    public IReadOnlyList<LaneWork> Take()
    {
        var batch = new List<LaneWork>();
        lock (_waiting)
        {
            for (LinkedListNode<LaneWork>? node = _waiting.First; node is not null && (batch.Count == 0 || batch.Count < batch[0].Kind.Places);)
            {
                LinkedListNode<LaneWork>? next = node.Next;
                if (batch.Count == 0 || node.Value.Kind == batch[0].Kind)
                {
                    batch.Add(node.Value);
                    _waiting.Remove(node);
                }
                node = next;
            }
        }
        return batch;
    }
}
