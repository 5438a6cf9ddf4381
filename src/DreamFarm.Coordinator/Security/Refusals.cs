using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DreamFarm.Coordinator;

/// <summary>Says why a caller is refused: to gRPC as a status, to browsers as a line of text.</summary>
internal sealed class Refusals(CoordinatorOptions options, ILogger<Refusals> log) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // Who calls a method that is not there is told so, whoever he is.
        if (authorizeResult.Succeeded || IsGrpc(context) && context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is null)
        {
            await next(context);
            return;
        }
        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = TokenAuthentication.Name;
            // Asked once a request; this is the answer of before.
            string? failed = (await context.AuthenticateAsync(TokenAuthentication.Name)).Failure?.Message;
            await RefuseAsync(context, StatusCode.Unauthenticated, StatusCodes.Status401Unauthorized,
                failed ?? "this coordinator asks who you are: put your token into DREAMFARM_TOKEN, or into a file that --token-file names");
            return;
        }
        string[] needed = [.. policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(requirement => requirement.AllowedRoles)];
        string owner = context.User.Identity?.Name ?? "";
        await RefuseAsync(context, StatusCode.PermissionDenied, StatusCodes.Status403Forbidden,
            needed.Contains(Roles.Work) && options.Tls?.ClientProblem(context) is { } problem
                ? problem
                : $"this needs a token with the role {string.Join(" or ", needed)}, which that of {owner} does not have");
    }

    /// <summary>Ends a request with one sentence, before anything of it was read.</summary>
    public static Task WriteAsync(HttpContext context, StatusCode status, int httpStatus, string sentence)
    {
        var response = context.Response;
        if (IsGrpc(context))
        {
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
            response.Headers["grpc-message"] = Uri.EscapeDataString(sentence);
            return Task.CompletedTask;
        }
        response.StatusCode = httpStatus;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    private Task RefuseAsync(HttpContext context, StatusCode status, int httpStatus, string sentence)
    {
        log.Refused($"{context.Connection.RemoteIpAddress}", context.GetEndpoint()?.DisplayName ?? "", sentence);
        return WriteAsync(context, status, httpStatus, sentence);
    }

    private static bool IsGrpc(HttpContext context) => context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
}
