using System.Diagnostics;
using System.Threading.Channels;
using DreamFarm.Dreaming;
using DreamFarm.Engine;
using DreamFarm.Networks;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Worker;

/// <summary>
/// One client's stream:
/// <code>
///   slices ──1 read──▶ window ──2 wait for a lane──▶ 3 compute ──▶ core ──4 write──▶ slices
/// </code>
/// One task reads, one writes, and in between every window has a task of its own that mostly waits. What goes wrong with
/// a window is answered for that window; the stream ends only with its client.
/// </summary>
internal sealed class ComputeStream(EngineCache engines, WorkLoad load, ComputeLimits limits, ILogger<GradientsService> log, CancellationToken ended)
{
    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnbounded<Outgoing>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<long, StreamObjective> _objectives = [];
    private readonly Dictionary<long, WindowAssembly> _arriving = [];
    private readonly HashSet<long> _refused = [];
    private readonly HashSet<Task> _tasks = [];
    private long _bytesHeld;

    public async Task RunAsync(IAsyncStreamReader<ComputeRequest> requests, IServerStreamWriter<ComputeReply> replies)
    {
        Send(new ComputeReply { Ready = new Ready { CreditBytes = limits.CreditBytes, Lanes = engines.Places, MaxWindowPixels = limits.MaxWindowPixels } });
        var writing = WriteAsync(replies);
        try
        {
            while (await requests.MoveNext(ended))
            {
                if (!requests.Current.IsIntact())
                    throw new RpcException(new Status(StatusCode.DataLoss, "a message was damaged on its way"));
                Receive(requests.Current);
            }
        }
        catch (Exception error) when (ended.IsCancellationRequested || error is IOException)
        {
            // The client is gone and wants nothing any more.
        }
        finally
        {
            foreach (var window in _arriving.Values)
                Release(window);
            await Task.WhenAll(_tasks);
            _outgoing.Writer.Complete();
            await writing;
            foreach (var objective in _objectives.Values)
                engines.Return(objective.Lease);
        }
    }

    private void Receive(ComputeRequest request)
    {
        _tasks.RemoveWhere(task => task.IsCompleted);
        switch (request.PartCase)
        {
            case ComputeRequest.PartOneofCase.Window:
                Receive(request.Window);
                break;
            case ComputeRequest.PartOneofCase.Objective:
                Receive(request.Objective);
                break;
            case ComputeRequest.PartOneofCase.Probe:
                _tasks.Add(ProbeAsync(request.Probe, _objectives.GetValueOrDefault(request.Probe.Objective)));
                break;
        }
    }

    private void Receive(ObjectiveSetup setup)
    {
        if (_objectives.Remove(setup.Id, out var old))
            engines.Return(old.Lease);
        if (setup.Forget)
            return;
        var objective = StreamObjective.Load(setup, engines);
        _objectives.Add(setup.Id, objective);
        _tasks.Add(AnswerAsync(setup.Id, objective));
    }

    private async Task AnswerAsync(long id, StreamObjective objective)
    {
        string problem = "";
        try
        {
            await objective.Ready.WaitAsync(ended);
        }
        catch (Exception error)
        {
            problem = Sentence(error);
        }
        Send(new ComputeReply { Objective = new ObjectiveReady { Id = id, Problem = problem } });
    }

    // 1. Puts windows together and refuses what cannot become one.
    private void Receive(WindowSlice slice)
    {
        if (_refused.Contains(slice.Window))
        {
            if (IsLast(slice))
                _refused.Remove(slice.Window);
            return;
        }
        string? problem;
        if (_arriving.TryGetValue(slice.Window, out var window))
        {
            if (!window.TryAdd(slice, out problem))
            {
                _arriving.Remove(slice.Window);
                Release(window);
                Refuse(slice, problem!);
                return;
            }
        }
        else
        {
            if (FindObstacle(slice) is { } obstacle)
            {
                Refuse(slice, obstacle);
                return;
            }
            window = WindowAssembly.Begin(slice, limits.MaxWindowPixels, out problem);
            if (window is null)
            {
                Refuse(slice, problem!);
                return;
            }
            _arriving.Add(slice.Window, window);
            Interlocked.Add(ref _bytesHeld, WindowSlices.Bytes(window.Shape));
            load.Begin();
        }
        if (!window.IsComplete)
            return;
        _arriving.Remove(slice.Window);
        if (_objectives.TryGetValue(window.Objective, out var objective))
        {
            _tasks.Add(ComputeAsync(window, objective));
            return;
        }
        Release(window);
        Refuse(slice, $"objective {window.Objective} was forgotten while the window arrived");
    }

    /// <summary>Why a new window is not even begun, or null. Its shape has not been looked at yet.</summary>
    private string? FindObstacle(WindowSlice first)
    {
        if (!_objectives.ContainsKey(first.Objective))
            return $"objective {first.Objective} has not been set up in this stream";
        long held = Interlocked.Read(ref _bytesHeld), bytes = 6L * Math.Max(0, first.Shape?.Height ?? 0) * Math.Max(0, first.Shape?.Width ?? 0);
        return held > 0 && bytes > limits.CreditBytes - held
            ? $"a window of {bytes} bytes is beyond the credit of {limits.CreditBytes} bytes, of which {held} are in use"
            : null;
    }

    private void Refuse(WindowSlice slice, string problem)
    {
        if (!IsLast(slice))
            _refused.Add(slice.Window);
        Send(new ComputeReply { Failed = new WindowFailed { Window = slice.Window, Problem = problem } });
    }

    private static bool IsLast(WindowSlice slice) => slice.Shape is null || slice.FirstRow + (long)slice.Rows >= slice.Shape.Height;

    // 2. and 3.
    private async Task ComputeAsync(WindowAssembly window, StreamObjective known)
    {
        using var span = Spans.Continue(window.Trace, "window", ActivityKind.Server);
        RowBuffer<Half>? core = null;
        try
        {
            var task = await known.Ready.WaitAsync(ended);
            CheckStride(window.Shape, task);
            if (task.Measurement is { } measurement)
            {
                var (sums, onLane) = await engines.MeasureAsync(task.Engine, measurement, window.Shape, window.Pixels, ended);
                log.WindowComputed(window.Window, (long)window.Shape.Height * window.Shape.Width);
                // First the window's memory, whose credit the answer gives back.
                Release(window);
                span?.Dispose();
                Send(new ComputeReply { Sums = new ChannelSums { Window = window.Window, Sums = { sums }, LaneSeconds = onLane.TotalSeconds } });
                return;
            }
            core = new RowBuffer<Half>(window.Shape.CoreValues);
            var (result, inLane) = await engines.ComputeAsync(task.Engine, task.Objective!, window.Shape, window.Pixels, core.Memory, ended);
            log.WindowComputed(window.Window, (long)window.Shape.Height * window.Shape.Width);
            // Before the answer: what it is a part of ends with that.
            span?.Dispose();
            _outgoing.Writer.TryWrite(new Outgoing(null, window, core, result, inLane));
        }
        catch (Exception error)
        {
            core?.Dispose();
            Release(window);
            string problem = Sentence(error);
            span?.SetStatus(ActivityStatusCode.Error, problem);
            if (!ended.IsCancellationRequested)
            {
                WorkerMeter.Failed();
                log.WindowFailed(window.Window, problem);
            }
            Send(new ComputeReply { Failed = new WindowFailed { Window = window.Window, Problem = problem } });
        }
    }

    private async Task ProbeAsync(Probe probe, StreamObjective? known)
    {
        var reply = new ProbeDone { Id = probe.Id };
        try
        {
            if (known is null)
                throw new WorkerException($"objective {probe.Objective} has not been set up in this stream");
            if (WindowSlices.FromWire(probe.Shape, limits.MaxWindowPixels, out var problem) is not { } shape)
                throw new WorkerException(problem!);
            var task = await known.Ready.WaitAsync(ended);
            if (task.Objective is not { } objective)
                throw new WorkerException($"objective {probe.Objective} has no gradient to be probed");
            CheckStride(shape, task);
            var found = await engines.ProbeAsync(task.Engine, objective, shape, ended);
            if (!found.Repeatable)
                log.NotRepeatable(task.Engine.Network.Name);
            reply.Hash = found.Name;
        }
        catch (Exception error)
        {
            reply.Problem = Sentence(error);
        }
        Send(new ComputeReply { Probe = reply });
    }

    // 4. One writer, so that slices of a core are in order; a client that does not read holds up its own stream alone.
    private async Task WriteAsync(IServerStreamWriter<ComputeReply> replies)
    {
        bool broken = false;
        await foreach (var (message, window, core, result, inLane) in _outgoing.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                if (broken)
                    continue;
                if (message is not null)
                {
                    await replies.WriteAsync(message);
                    continue;
                }
                foreach (var slice in CoreSlices.Split(window!.Window, window.Shape, core!.Bytes, result.Exponent, result.Loss, inLane.TotalSeconds))
                    await replies.WriteAsync(new ComputeReply { Core = slice });
            }
            catch (Exception error) when (ended.IsCancellationRequested || error is IOException or RpcException or InvalidOperationException)
            {
                // The client is gone; what is left only gives its memory back.
                broken = true;
            }
            finally
            {
                core?.Dispose();
                if (window is not null)
                    Release(window);
            }
        }
    }

    private void Release(WindowAssembly window)
    {
        window.Dispose();
        Interlocked.Add(ref _bytesHeld, -WindowSlices.Bytes(window.Shape));
        load.End();
    }

    private void Send(ComputeReply message) => _outgoing.Writer.TryWrite(new Outgoing(message.Seal(), null, null, default, default));

    private static void CheckStride(WindowShape shape, WindowTask task)
    {
        int stride = task.Stride;
        if (shape.Height % stride != 0 || shape.Width % stride != 0)
            throw new WorkerException($"a window of {shape.Width}x{shape.Height} pixels is no multiple of the stride, {stride}");
    }

    /// <summary>What an exception says, without the native stack that libtorch appends.</summary>
    private static string Sentence(Exception error) => error switch
    {
        WorkerException or WeightsException => error.Message,
        OutOfMemoryException => "there is not enough memory for the window",
        NotFiniteNumberException => error.Message.Length > 0 ? error.Message : "the gradient is not finite",
        OperationCanceledException => "the worker is stopping",
        _ => error.Message.Split('\n')[0],
    };

    private readonly record struct Outgoing(ComputeReply? Message, WindowAssembly? Window, RowBuffer<Half>? Core, WindowResult Result, TimeSpan InLane);
}
