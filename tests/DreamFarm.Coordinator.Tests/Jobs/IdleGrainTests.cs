using System.Collections.Concurrent;
using DreamFarm.Protocol.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;

namespace DreamFarm.Coordinator.Tests;

/// <summary>Grains stay while something needs them, and no longer, whatever the wall clock does.</summary>
public class IdleGrainTests
{
    [Fact]
    public void No_grain_is_left_to_a_collector_that_goes_by_the_wall_clock()
    {
        var grains = typeof(IdleGrain).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Grain))).ToArray();
        Assert.NotEmpty(grains);
        Assert.All(grains, type => Assert.True(type.IsDefined(typeof(KeepAliveAttribute), inherit: true), $"{type.Name} is not exempt"));
    }

    [Fact]
    public async Task The_grain_of_a_job_goes_when_nobody_has_asked_for_it_and_comes_back_when_somebody_does()
    {
        var gone = new GoneGrains();
        await using var farm = await TestFarm.StartAsync(configure: silo =>
        {
            silo.Services.AddSingleton<TimeProvider>(new HastyLooks());
            silo.Services.AddLogging(logging => logging.AddProvider(gone).AddFilter<GoneGrains>(null, LogLevel.Debug));
        });
        // With a run it stays, however often it is looked at.
        var window = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await farm.AddInstantAsync(() =>
        {
            asked.TrySetResult();
            return window.Task;
        });
        var job = await farm.SubmitAsync(await farm.DrawAsync(96, 80), new Spec { Network = "motif", Layers = "3a", Octaves = 1, Steps = 2, Tile = 256 });
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await Task.Delay(20 * HastyLooks.Period, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(job.Id, gone.Grains);
        window.SetResult();
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);

        await gone.UntilAsync(job.Id, times: 1);
        Assert.Equal(JobState.Done, (await farm.FinishAsync(job.Id)).State);
        await gone.UntilAsync(job.Id, times: 2);
    }

    /// <summary>Time in which grains are looked at without delay.</summary>
    private sealed class HastyLooks : TimeProvider
    {
        public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(base.CreateTimer(callback, state, Of(dueTime), Of(period)));

        private static TimeSpan Of(TimeSpan time) => time == IdleGrain.Period ? Period : time;

        private sealed class Timer(ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Of(dueTime), Of(period));

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }

    /// <summary>The keys of grains that went, by what is logged.</summary>
    private sealed class GoneGrains : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Grains { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == nameof(CoordinatorLog.Idle) && state is IReadOnlyList<KeyValuePair<string, object?>> values)
                Grains.Enqueue((string)values[0].Value!);
        }

        public async Task UntilAsync(string grain, int times)
        {
            for (int tries = 0; Grains.Count(name => name == grain) < times; tries++)
            {
                Assert.True(tries < 3000, "waited in vain");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        public void Dispose()
        {
        }
    }
}
