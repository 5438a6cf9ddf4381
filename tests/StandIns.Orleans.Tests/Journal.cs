using System.Collections.Concurrent;

namespace StandIns.Orleans.Tests;

/// <summary>What grains noted down, in order: a service of the test's host that they are constructed with.</summary>
public sealed class Journal
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string[] Lines => [.. _lines];

    /// <summary>The object that a grain was last given.</summary>
    public object? Seen { get; set; }

    public void Note(string line) => _lines.Enqueue(line);

    public async Task WaitForAsync(string line)
    {
        var limit = TimeSpan.FromMinutes(2);
        var started = TimeProvider.System.GetTimestamp();
        while (!_lines.Contains(line))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < limit, $"'{line}' was not noted within {limit}. Noted: {string.Join(", ", _lines)}");
            await Task.Delay(10);
        }
    }
}
