using Grpc.Core;

namespace DreamFarm.Coordinator;

/// <summary>Reads an upload, and ends one that is silent for too long or sends too much at once.</summary>
internal sealed class PatientReader<T>(IAsyncStreamReader<T> reader, CallLimits limits, TimeProvider time) : IAsyncStreamReader<T>
{
    public T Current => reader.Current;

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED with one sentence that names the limit.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(limits.UploadSilenceSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await reader.MoveNext(either.Token);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Refuse($"the upload has sent nothing for {limits.UploadSilenceSeconds} seconds (the coordinator's --max-upload-silence)");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            throw Refuse($"a message of the upload has more than {limits.MessageBytes} bytes (the coordinator's --max-message-bytes)");
        }
    }

    private static RpcException Refuse(string sentence) => new(new Status(StatusCode.ResourceExhausted, sentence));
}
