using System.Threading.RateLimiting;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace DreamFarm.Coordinator;

/// <summary>Lets callers ask as much as the limits allow, and says which limit they have met.</summary>
internal sealed class LimitedCalls : IMiddleware, IAsyncDisposable
{
    // A caller's tokens come back this many times a second.
    private const int Refills = 10;

    private readonly CallLimits _limits;
    private readonly OwnerSlots _uploads, _watches;
    private readonly PartitionedRateLimiter<HttpContext> _rate;

    public LimitedCalls(CoordinatorOptions options)
    {
        _limits = options.Limits;
        _uploads = new OwnerSlots(_limits.UploadsPerOwner, _limits.Uploads);
        _watches = new OwnerSlots(_limits.WatchesPerOwner, _limits.Watches);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * _limits.RequestsPerSecond,
            // A rate that tenths of a second do not divide comes back once a second.
            TokensPerPeriod = _limits.RequestsPerSecond % Refills == 0 ? _limits.RequestsPerSecond / Refills : _limits.RequestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(_limits.RequestsPerSecond % Refills == 0 ? 1.0 / Refills : 1),
            QueueLimit = 0,
        };
        _rate = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(CallerOf(context), _ => bucket));
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint();
        // Probes are answered whatever happens.
        if (endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }
        using var pass = _rate.AttemptAcquire(context);
        if (!pass.IsAcquired)
        {
            await RefuseAsync(context, $"you ask more than {_limits.RequestsPerSecond} times a second (the coordinator's --max-requests-per-second): ask again a little later");
            return;
        }
        if (endpoint?.Metadata.GetMetadata<LongCallAttribute>() is not { Kind: var kind } || context.User.Identity?.Name is not { } owner)
        {
            await next(context);
            return;
        }
        using var place = (kind == LongCall.Upload ? _uploads : _watches).TryTake(owner, out bool ofOwner);
        if (place is null)
            await RefuseAsync(context, Sentence(kind, ofOwner));
        else
            await next(context);
    }

    public ValueTask DisposeAsync() => _rate.DisposeAsync();

    // Many workers share a token, each with a heartbeat; whoever has shown none is known by his address alone.
    private static string CallerOf(HttpContext context) =>
        context.User.Identity?.Name is not { } owner ? $"? {context.Connection.RemoteIpAddress}"
        : context.User.IsInRole(Roles.View) ? owner
        : $"{owner} {context.Connection.RemoteIpAddress}";

    private static Task RefuseAsync(HttpContext context, string sentence) =>
        Refusals.WriteAsync(context, StatusCode.ResourceExhausted, StatusCodes.Status429TooManyRequests, sentence);

    private string Sentence(LongCall kind, bool ofOwner) => (kind, ofOwner) switch
    {
        (LongCall.Upload, true) => $"{_limits.UploadsPerOwner} uploads of yours are under way, and there can be no more at a time (the coordinator's --max-uploads-per-owner)",
        (LongCall.Upload, false) => $"{_limits.Uploads} uploads are under way, and there can be no more at a time (the coordinator's --max-uploads): try again a little later",
        (_, true) => $"you watch {_limits.WatchesPerOwner} jobs, and can watch no more at a time (the coordinator's --max-watches-per-owner)",
        _ => $"{_limits.Watches} jobs are watched, and there can be no more at a time (the coordinator's --max-watches): try again a little later",
    };
}
