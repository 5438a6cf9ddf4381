using Grpc.Core;

namespace DreamFarm.Coordinator.Tests;

internal static class RequestStreams
{
    /// <summary>
    /// Sends a message to a server that may have answered before all of it is sent, and then hears no more: its answer says why.
    /// </summary>
    public static async Task WriteUnlessAnsweredAsync<T>(this IClientStreamWriter<T> stream, T message)
    {
        try
        {
            await stream.WriteAsync(message);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // It has answered.
        }
    }

    /// <summary>Ends the messages, as <see cref="WriteUnlessAnsweredAsync"/> sends them.</summary>
    public static async Task CompleteUnlessAnsweredAsync<T>(this IClientStreamWriter<T> stream)
    {
        try
        {
            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // It has answered.
        }
    }
}
