using Google.Protobuf;
using Grpc.Core;

namespace StandIns.Grpc.Tests;

/// <summary>The service of protos/exchange.proto; the peers' servers behave the same.</summary>
public sealed class ExchangeService(ServerObservations observations) : Exchange.ExchangeBase
{
    public override async Task<Parcel> Unary(Parcel request, ServerCallContext context)
    {
        await BeginAsync(context);
        await ObeyAsync(request, context);
        return Answer(request);
    }

    public override async Task<Parcel> Collect(IAsyncStreamReader<Parcel> requestStream, ServerCallContext context)
    {
        await BeginAsync(context);
        var texts = new List<string>();
        var bytes = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await ObeyAsync(request, context);
            texts.Add(request.Text);
            bytes += request.Data.Length;
        }

        return new Parcel { Text = string.Join(',', texts), Count = texts.Count, Size = bytes };
    }

    public override async Task Spread(Parcel request, IServerStreamWriter<Parcel> responseStream, ServerCallContext context)
    {
        await BeginAsync(context);
        var data = ByteString.CopyFrom(new byte[request.Size]);
        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(new Parcel { Text = i.ToString(), Data = data });
            observations.Sent(i + 1);
        }

        await ObeyAsync(request, context);
    }

    public override async Task Chat(IAsyncStreamReader<Parcel> requestStream, IServerStreamWriter<Parcel> responseStream, ServerCallContext context)
    {
        await BeginAsync(context);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await ObeyAsync(request, context);
            await responseStream.WriteAsync(Answer(request));
        }
    }

    public override Task<Parcel> Observe(Parcel request, ServerCallContext context) =>
        Task.FromResult(new Parcel { Count = observations.Cancellations, Text = observations.Waits.ToString(), Size = observations.MessagesSent });

    private static Parcel Answer(Parcel request) => new()
    {
        Text = request.Text,
        Data = request.Size > 0 ? ByteString.CopyFrom(new byte[request.Size]) : request.Data,
    };

    /// <summary>Sends back what the caller sent as headers: "echo" as a header, "echo-bin" as a trailer.</summary>
    private async Task BeginAsync(ServerCallContext context)
    {
        observations.Began(context);
        if (context.RequestHeaders.GetValue("echo") is { } echo)
            await context.WriteResponseHeadersAsync(new Metadata { { "echo", echo } });
        if (context.RequestHeaders.GetValueBytes("echo-bin") is { } bytes)
            context.ResponseTrailers.Add("echo-bin", bytes);
    }

    private async Task ObeyAsync(Parcel request, ServerCallContext context)
    {
        if (request.Throw)
            throw new InvalidOperationException("A secret of the server.");
        if (request.FailCode != 0)
            throw new RpcException(new Status((StatusCode)request.FailCode, request.FailDetail), new Metadata { { "reason", "as asked" } });

        if (request.Wait)
        {
            try
            {
                observations.Waiting();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            finally
            {
                observations.Cancelled();
            }
        }
    }
}
