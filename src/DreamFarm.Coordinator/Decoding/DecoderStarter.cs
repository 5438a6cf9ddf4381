using System.Collections.Concurrent;
using System.Diagnostics;

namespace DreamFarm.Coordinator;

/// <summary>
/// Starts processes on a thread that lives as long as this. A decoder asks Linux to be killed when the thread that has
/// started it ends, so that it outlives no coordinator, however that dies; a thread of the pool would end too early.
/// </summary>
internal sealed class DecoderStarter : IDisposable
{
    private readonly BlockingCollection<(ProcessStartInfo Info, TaskCompletionSource<Process> Started)> _starts = [];
    private readonly Thread _thread;

    public DecoderStarter()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "decoder starter" };
        _thread.Start();
    }

    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program, or the system has no room for it.</exception>
    public Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add((info, started));
        return started.Task;
    }

    /// <summary>Ends the thread, and with it every process that it has started.</summary>
    public void Dispose()
    {
        _starts.CompleteAdding();
        _thread.Join();
        _starts.Dispose();
    }

    private void Run()
    {
        foreach (var (info, started) in _starts.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        }
    }
}
