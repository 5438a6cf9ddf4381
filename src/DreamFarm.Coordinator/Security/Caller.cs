using System.Security.Claims;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace DreamFarm.Coordinator;

/// <summary>Who asks. Whether he may call the method at all has been decided before it is entered.</summary>
/// <param name="Owner">The name of his token's owner; <see cref="JobRecord.LocalOwner"/> on a coordinator that asks nobody who he is.</param>
/// <param name="IsOperator">He sees and commands everybody's jobs.</param>
internal sealed record Caller(string Owner, bool IsOperator)
{
    /// <summary>Who makes a call.</summary>
    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext());

    /// <summary>Who makes a request.</summary>
    public static Caller Of(HttpContext context) => Of(context.User);

    /// <summary>Whether a job exists for him: an owner's own, an operator's all. What does not exist is NOT_FOUND.</summary>
    public bool Sees(JobRecord job) => IsOperator || job.Owner == Owner;

    private static Caller Of(ClaimsPrincipal user) =>
        new(user.Identity?.Name ?? throw new InvalidOperationException("nobody has asked who calls"), user.IsInRole(Roles.Operate));
}
