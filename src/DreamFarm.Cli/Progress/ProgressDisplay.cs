using Spectre.Console;
using V1 = DreamFarm.Protocol.V1;

namespace DreamFarm.Cli.Progress;

/// <summary>
/// Shows on stderr how a dream goes on: a live bar on a terminal, otherwise a line for every change of octave, step or
/// state. Used by render, submit and jobs watch alike.
/// </summary>
internal sealed class ProgressDisplay : IAsyncDisposable
{
    private const int FramesPerSecond = 10;

    private readonly CancellationTokenSource _closing = new();
    private readonly Task _bar = Task.CompletedTask;
    private readonly bool _live;
    private volatile Shown _shown = new("starting", 0);
    private (int Octave, int Step) _lastStep = (-1, -1);

    private ProgressDisplay(bool live)
    {
        _live = live;
        if (live)
            _bar = Task.Run(DrawAsync);
    }

    /// <summary>Opens the display that fits stderr.</summary>
    public static ProgressDisplay Open() => new(!Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));

    /// <summary>A step has been taken, or the estimates have changed.</summary>
    public void Report(V1.Progress progress)
    {
        string text = ProgressText.Of(progress);
        _shown = new Shown(text, Math.Clamp(progress.Fraction, 0, 1));
        var step = (progress.Octave, progress.Step);
        if (_live || step == _lastStep)
            return;
        _lastStep = step;
        Console.Error.WriteLine(text);
    }

    /// <summary>Something other than steps is going on, such as waiting or encoding.</summary>
    public void Report(string status)
    {
        if (_shown.Text == status)
            return;
        _shown = _shown with { Text = status };
        if (!_live)
            Console.Error.WriteLine(status);
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
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress()
            .AutoRefresh(false)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                var task = context.AddTask("starting");
                using var frames = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond));
                do
                {
                    Draw();
                }
                while (await NextFrameAsync(frames));
                Draw();

                void Draw()
                {
                    var shown = _shown;
                    task.Description = Markup.Escape(shown.Text);
                    task.Value = 100 * shown.Fraction;
                    context.Refresh();
                }
            });
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
