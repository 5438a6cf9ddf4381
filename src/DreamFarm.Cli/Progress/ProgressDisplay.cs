using System.Collections.Concurrent;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Progress;

/// <summary>
/// Shows on stderr how a dream goes on: a live bar on a terminal, otherwise a line for every change of octave, step or
/// state, and where channels are measured before an octave's first step. Used by render, submit, jobs watch and train alike.
/// </summary>
internal sealed class ProgressDisplay : IAsyncDisposable
{
    private const int FramesPerSecond = 10;

    private const int DefaultWidth = 79;

    /// <summary>What terminals since the VT220 understand.</summary>
    public const string ShowCursor = "\u001b[?25h";
    private const string HideCursor = "\u001b[?25l";
    private const string ClearToEndOfLine = "\u001b[K";

    private readonly CancellationTokenSource _closing = new();
    private readonly Task _bar = Task.CompletedTask;
    private readonly bool _live;
    private volatile Shown _shown = new("starting", 0);
    private readonly ConcurrentQueue<string> _lines = [];
    private (int Octave, int Step) _lastStep = (-1, -1);
    private int _lastMeasured = -1;
    private int _lastChosen = -1;

    private ProgressDisplay(bool live)
    {
        _live = live;
        if (live)
            _bar = Task.Run(DrawAsync);
    }

    /// <summary>Opens the display that fits stderr.</summary>
    public static ProgressDisplay Open() => new(!Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    /// <summary>Whether it is a bar that follows every report; otherwise each new text is a line that stays.</summary>
    public bool IsLive => _live;

    /// <summary>A step has been taken, or the estimates have changed.</summary>
    public void Report(V1.Progress progress)
    {
        if (progress.Objective.Length > 0 && progress.Octave != _lastChosen)
        {
            _lastChosen = progress.Octave;
            Say($"octave {progress.Octave + 1} is dreamt with {progress.Objective}");
        }
        string text = ProgressText.Of(progress);
        _shown = new Shown(text, Math.Clamp(progress.Fraction, 0, 1));
        var step = (progress.Octave, progress.Step);
        // A step that is told before and after a measurement is told once.
        bool isNew = step != _lastStep || progress.Measuring && progress.Octave != _lastMeasured;
        if (_live || !isNew)
            return;
        _lastStep = step;
        if (progress.Measuring)
            _lastMeasured = progress.Octave;
        Console.Error.WriteLine(text);
    }

    /// <summary>Something other than steps is going on, such as waiting or encoding.</summary>
    public void Report(string status) => Report(status, _shown.Fraction);

    /// <summary>The same, where it is known how far that has come.</summary>
    /// <param name="fraction">0 to 1.</param>
    public void Report(string status, double fraction)
    {
        bool isNew = _shown.Text != status;
        _shown = new Shown(status, fraction);
        if (isNew && !_live)
            Console.Error.WriteLine(status);
    }

    /// <summary>A line that stays, above the bar.</summary>
    public void Say(string line)
    {
        if (_live)
            _lines.Enqueue(line);
        else
            Console.Error.WriteLine(line);
    }

    /// <summary>Leaves the last state on the screen and gives the cursor back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _bar;
        _closing.Dispose();
    }

    private async Task DrawAsync()
    {
        Console.Error.Write(HideCursor);
        using var frames = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond));
        do
        {
            Draw();
        }
        while (await NextFrameAsync(frames));
        Draw();
        Console.Error.WriteLine(ShowCursor);
    }

    // One write a frame does not flicker; one line of at most the terminal's width leaves nothing behind when it is resized.
    private void Draw()
    {
        while (_lines.TryDequeue(out string? line))
            Console.Error.Write($"\r{line}{ClearToEndOfLine}\n");
        var shown = _shown;
        Console.Error.Write($"\r{BarText.Of(shown.Fraction, shown.Text, Width())}{ClearToEndOfLine}");
    }

    private static int Width()
    {
        try
        {
            // The last column stays free: some terminals break the line behind it.
            return Console.WindowWidth - 1;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }

    private async Task<bool> NextFrameAsync(PeriodicTimer frames)
    {
        try
        {
            return await frames.WaitForNextTickAsync(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record Shown(string Text, double Fraction);
}
