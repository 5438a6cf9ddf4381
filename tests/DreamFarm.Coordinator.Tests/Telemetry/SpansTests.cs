using System.Diagnostics;
using DreamFarm.Telemetry;
using OpenTelemetry.Trace;

namespace DreamFarm.Coordinator.Tests;

public class SpansTests
{
    [Fact]
    public void A_tile_that_nobody_traces_makes_nothing()
    {
        Walk();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Walk()
        {
            using var tile = Spans.Inside("tile");
            var queue = Spans.Open(tile, "queue");
            Spans.Close(queue);
            using var cut = Spans.Child(queue, "cut");
            using var window = Spans.Continue(Spans.Context(tile), "window");
            Assert.Null(tile ?? queue ?? cut ?? window);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")]
    public void A_context_that_is_none_or_not_sampled_is_not_continued(string context)
    {
        using var listener = Listen();
        Assert.Null(Spans.Continue(context, "window"));
    }

    [Fact]
    public void A_span_that_is_opened_on_one_thread_and_closed_on_another_is_never_current()
    {
        using var listener = Listen();
        using var parent = Spans.Root("step")!;
        var span = Spans.Open(parent, "attempt")!;
        Assert.Same(parent, Activity.Current);
        var thread = new Thread(() =>
        {
            Activity.Current = null;
            Spans.Close(span);
            Assert.Null(Activity.Current);
        });
        thread.Start();
        thread.Join();
        Assert.True(span.IsStopped);
        Assert.Equal(parent.SpanId, span.ParentSpanId);
        Assert.Same(parent, Activity.Current);
    }

    [Fact]
    public void Of_many_steps_one_in_twenty_is_sampled_and_every_job_is()
    {
        var sampler = new SomeStepsSampler();
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => IsSampled("step")), 350, 650);
        Assert.True(Enumerable.Range(0, 100).All(_ => IsSampled("job")));

        bool IsSampled(string name) => sampler.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), name, ActivityKind.Internal)).Decision == SamplingDecision.RecordAndSample;
    }

    // Hears this thread's spans alone: other tests' tiles stay untraced.
    private static ActivityListener Listen()
    {
        int thread = Environment.CurrentManagedThreadId;
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MeterNames.Farm,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => Environment.CurrentManagedThreadId == thread ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
