using Grpc.Core;

namespace StandIns.Grpc.Client;

/// <summary>Reads the responses of a call, and its status after the last.</summary>
internal sealed class ClientStreamReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private int _isReading;

    public TResponse Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(call.IsDisposed, typeof(ClientCall<,>));
        if (call.End is { } end)
            return end.StatusCode == StatusCode.OK ? false : throw call.Failure();
        if (Interlocked.Exchange(ref _isReading, 1) == 1)
            throw new InvalidOperationException("A message cannot be read while the read of another is under way.");

        var registration = cancellationToken.UnsafeRegister(static (state, token) => ((ClientCall<TRequest, TResponse>)state!).Cancel(token), call);
        try
        {
            // The last message must not be kept alive while the next is awaited.
            Current = null!;
            var reader = await call.Reader.ConfigureAwait(false);
            if (await reader.ReadAsync(call.Cancellation).ConfigureAwait(false) is { } message)
            {
                Current = message;
                return true;
            }

            return call.EndByTrailers().StatusCode == StatusCode.OK ? false : throw call.Failure();
        }
        catch (Exception exception)
        {
            // A call without any message can end with OK while its reader waits for the first.
            var failure = call.Fail(exception);
            if (failure.StatusCode == StatusCode.OK)
                return false;

            throw failure;
        }
        finally
        {
            registration.Dispose();
            Volatile.Write(ref _isReading, 0);
        }
    }
}
