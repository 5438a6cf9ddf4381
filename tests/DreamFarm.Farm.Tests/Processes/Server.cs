using System.Diagnostics;

namespace DreamFarm.Farm.Tests;

/// <summary>A coordinator or a worker as a process, and everything that it says.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly List<string> _said = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public Server(Process process)
    {
        Process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
        // Nobody wants what it writes there; a full pipe would stop it.
        process.BeginOutputReadLine();
    }

    public Process Process { get; }

    /// <summary>The lines until now; all of them once it has ended.</summary>
    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_lock)
                return [.. _said];
        }
    }

    /// <summary>The first line with a text in it, whether it was said before or is yet to be said.</summary>
    public async Task<string> SaysAsync(string text)
    {
        for (int heard = 0; ;)
        {
            Task news;
            lock (_lock)
            {
                for (; heard < _said.Count; heard++)
                {
                    if (_said[heard].Contains(text, StringComparison.Ordinal))
                        return _said[heard];
                }
                Assert.False(_ended, $"it ended, and never said \"{text}\":\n{string.Join('\n', _said)}");
                news = _news.Task;
            }
            await news.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Kills it, if it has not ended, with everything that it has started.</summary>
    public async ValueTask DisposeAsync()
    {
        Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
        Process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (_lock)
        {
            if (line is null)
                _ended = true;
            else
                _said.Add(line);
            _news.SetResult();
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
