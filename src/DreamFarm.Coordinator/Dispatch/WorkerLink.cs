using System.Threading.Channels;
using DreamFarm.Protocol;
using DreamFarm.Protocol.V1;
using DreamFarm.Security;
using DreamFarm.Telemetry;
using Grpc.Core;
using Grpc.Net.Client;

namespace DreamFarm.Coordinator;

/// <summary>Keeps a stream open to one worker for as long as it is lent. The fields are guarded by the dispatcher's lock.</summary>
internal sealed class WorkerLink(Dispatcher dispatcher, LentWorker worker, WorkerConduct conduct)
{
    /// <summary>Above a slice's megabyte with its header.</summary>
    private const int MostMessageBytes = 2 << 20;

    /// <summary>Cores of a few windows may be on the way while the reader is busy.</summary>
    private const int StreamWindowBytes = 8 << 20;

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public LentWorker Lent { get; set; } = worker;

    public Pulse Pulse { get; } = new();

    /// <summary>The open stream; null while there is none.</summary>
    public WorkerSession? Session { get; set; }

    /// <summary>The first attempt to reach the worker has not ended yet.</summary>
    public bool IsConnecting { get; set; } = true;

    public long TilesDone { get; set; }

    public long TilesFailed { get; set; }

    public WorkerConduct Conduct { get; } = conduct;

    /// <summary>The last thing that went wrong, or why it is given no work; empty otherwise.</summary>
    public string Problem { get; set; } = "";

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var backoff = dispatcher.Options.FirstBackoff;
        while (!stop.IsCancellationRequested)
        {
            string problem;
            bool connected = false;
            try
            {
                if (dispatcher.QuarantineLeft(this) is { Ticks: > 0 } left)
                    await Task.Delay(left, dispatcher.Time, stop);
                problem = await ConnectAsync(() => connected = true, stop);
            }
            catch (Exception error)
            {
                // Whatever it was, the worker's tiles go to others and it is dialled again.
                problem = error is not RpcException rpc ? error.Message
                    : ConnectionProblem.Of(rpc.Status.DebugException, Url, hasAnswered: connected) ?? rpc.Status.Detail;
            }
            if (stop.IsCancellationRequested)
                return;
            dispatcher.Lost(this, problem);
            backoff = connected ? dispatcher.Options.FirstBackoff : backoff;
            try
            {
                await Task.Delay(backoff, dispatcher.Time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            backoff = backoff * 2 < dispatcher.Options.LongestBackoff ? backoff * 2 : dispatcher.Options.LongestBackoff;
        }
    }

    private Uri Url => new($"{(Lent.Access is { Tls: true } ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{Lent.Address}");

    // The worker has told its secret and nobody else, so this is whom it has registered with.
    private ClientSecurity Security => new(
        dispatcher.Options.Tls, Lent.Access is { Secret.Length: > 0 } access ? BearerToken.Of(access.Secret, "the worker's secret") : null);

    /// <summary>Opens a stream and serves it until it breaks.</summary>
    /// <returns>Why it ended, if nothing was thrown.</returns>
    private async Task<string> ConnectAsync(Action connected, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var channel = GrpcChannel.ForAddress(Url, new GrpcChannelOptions
        {
            HttpHandler = Security.Wrap(new SocketsHttpHandler
            {
                SslOptions = dispatcher.Options.Tls.Options(Lent.Access?.CertificateSha256 is { Length: > 0 } fingerprint ? fingerprint : null),
                AllowAutoRedirect = false,
                UseProxy = false,
                ConnectTimeout = dispatcher.Options.ReadyTimeout,
                InitialHttp2StreamWindowSize = StreamWindowBytes,
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            }),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MostMessageBytes,
        });
        using var call = new Gradients.GradientsClient(channel).Compute(cancellationToken: ended.Token);
        var first = call.ResponseStream.MoveNext(ended.Token);
        await Task.WhenAny(first, Task.Delay(dispatcher.Options.ReadyTimeout, dispatcher.Time, ended.Token));
        if (!first.IsCompleted)
        {
            await ended.CancelAsync();
            await Task.WhenAny(first);
            return $"it has accepted the connection but said nothing for {dispatcher.Options.ReadyTimeout.TotalSeconds:0.#} seconds";
        }
        if (!await first)
            return "it closed the stream at once";
        if (!call.ResponseStream.Current.IsIntact() || call.ResponseStream.Current.PartCase != ComputeReply.PartOneofCase.Ready)
            return "it does not speak this protocol: its first message is not Ready";
        if (dispatcher.BeginSession(this, call.ResponseStream.Current.Ready) is not { } session)
            return "it is not lent any more";
        connected();

        // One window is cut while the one before it is being written.
        var cut = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        Task[] tasks =
        [
            Task.Run(() => CutAsync(session, cut.Writer, ended.Token), CancellationToken.None),
            Task.Run(() => WriteAsync(cut.Reader, call.RequestStream, ended.Token), CancellationToken.None),
            Task.Run(() => ReadAsync(session, call.ResponseStream, ended.Token), CancellationToken.None),
        ];
        var over = await Task.WhenAny([.. tasks, session.BrokenOff]);
        await ended.CancelAsync();
        await Task.WhenAny(Task.WhenAll(tasks));
        while (cut.Reader.TryRead(out var rest))
            rest.Pixels?.Dispose();
        await over;
        return session.BrokenOff.IsCompleted ? await session.BrokenOff : "it closed the stream";
    }

    /// <summary>Picks what the worker gets next, as soon as it has room, and cuts windows.</summary>
    private async Task CutAsync(WorkerSession session, ChannelWriter<Outgoing> writer, CancellationToken ended)
    {
        while (true)
        {
            var (message, assignment) = dispatcher.Next(session);
            if (message is not null)
            {
                await writer.WriteAsync(new Outgoing(message, null, null), ended);
                continue;
            }
            if (assignment is null)
            {
                await Pulse.WaitAsync(ended);
                continue;
            }
            if (await TryCutAsync(assignment, ended) is not { } pixels)
                continue;
            try
            {
                await writer.WriteAsync(new Outgoing(null, assignment, pixels), ended);
            }
            catch
            {
                pixels.Dispose();
                throw;
            }
        }
    }

    private async Task<RowBuffer<short>?> TryCutAsync(Assignment assignment, CancellationToken ended)
    {
        var tile = assignment.Tile;
        var pixels = new RowBuffer<short>(tile.Shape.WindowValues);
        using var span = Spans.Child(assignment.Span, "cut");
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, tile.Stopped);
            await tile.Request.CutAsync(pixels.Memory, either.Token);
            return pixels;
        }
        catch (Exception error)
        {
            pixels.Dispose();
            ended.ThrowIfCancellationRequested();
            if (tile.Stopped.IsCancellationRequested)
                dispatcher.Drop(assignment);
            else
                dispatcher.FailCut(assignment, error);
            return null;
        }
        finally
        {
            dispatcher.EndCut(tile);
        }
    }

    private async Task WriteAsync(ChannelReader<Outgoing> reader, IClientStreamWriter<ComputeRequest> stream, CancellationToken ended)
    {
        await foreach (var (message, assignment, pixels) in reader.ReadAllAsync(ended))
        {
            if (message is not null)
            {
                await stream.WriteAsync(message.Seal());
                continue;
            }
            using (pixels)
            {
                if (assignment!.Tile.Done)
                {
                    dispatcher.Drop(assignment);
                    continue;
                }
                using var span = Spans.Child(assignment.Span, "send");
                foreach (var slice in WindowSlices.Split(assignment.Window, assignment.Objective, assignment.Tile.Shape, pixels!, Spans.Context(assignment.Span)))
                {
                    if (slice.FirstRow + slice.Rows == slice.Shape.Height)
                        dispatcher.Arrive(assignment);
                    await stream.WriteAsync(new ComputeRequest { Window = slice });
                    FarmMeter.Sent(slice.Data.Length);
                }
            }
        }
    }

    private async Task ReadAsync(WorkerSession session, IAsyncStreamReader<ComputeReply> stream, CancellationToken ended)
    {
        while (await stream.MoveNext(ended))
        {
            var reply = stream.Current;
            if (!reply.IsIntact())
                throw new RpcException(new Status(StatusCode.DataLoss, "a message was damaged on its way"));
            switch (reply.PartCase)
            {
                case ComputeReply.PartOneofCase.Core:
                    dispatcher.Receive(session, reply.Core);
                    break;
                case ComputeReply.PartOneofCase.Failed:
                    dispatcher.Receive(session, reply.Failed);
                    break;
                case ComputeReply.PartOneofCase.Sums:
                    dispatcher.Receive(session, reply.Sums);
                    break;
                case ComputeReply.PartOneofCase.Objective:
                    dispatcher.Receive(session, reply.Objective);
                    break;
                case ComputeReply.PartOneofCase.Probe:
                    dispatcher.Receive(session, reply.Probe);
                    break;
            }
        }
    }

    private readonly record struct Outgoing(ComputeRequest? Message, Assignment? Assignment, RowBuffer<short>? Pixels);
}
