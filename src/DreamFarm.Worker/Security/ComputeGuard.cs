using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DreamFarm.Security;
using Grpc.Core;

namespace DreamFarm.Worker;

/// <summary>
/// Lets nobody compute here but the coordinator that this worker has registered with: who calls must know the secret that
/// the worker made at its start and told only there.
/// </summary>
internal sealed class ComputeGuard(ListenerTls? tls)
{
    /// <summary>256 random bits.</summary>
    public string Secret { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <exception cref="RpcException">UNAUTHENTICATED with one sentence.</exception>
    public void Check(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        string said = http.Request.Headers.Authorization.ToString();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(said), Encoding.UTF8.GetBytes($"Bearer {Secret}")))
            throw Refuse("this worker computes only for the coordinator that it has registered with");
        if (tls?.ClientProblem(http) is { } problem)
            throw Refuse(problem);
    }

    private static RpcException Refuse(string sentence) => new(new Status(StatusCode.Unauthenticated, sentence));
}
