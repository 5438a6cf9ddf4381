using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace DreamFarm.Coordinator;

/// <summary>Says why a caller is refused: to gRPC as a status, to browsers as a line of text.</summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // Who calls a method that is not there is told so, whoever he is.
        if (authorizeResult.Succeeded || IsGrpc(context) && context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is null)
            return next(context);
        if (authorizeResult.Challenged)
        {
            string problem = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Failure?.Message
                ?? "this coordinator asks who you are: put your token into DREAMFARM_TOKEN, or its file's name behind --token-file";
            context.Response.Headers.WWWAuthenticate = TokenAuthentication.Name;
            return WriteAsync(context, StatusCode.Unauthenticated, StatusCodes.Status401Unauthorized, problem);
        }
        var failure = authorizeResult.AuthorizationFailure;
        string why = failure?.FailureReasons.FirstOrDefault()?.Message
            ?? $"this needs a token with the role {string.Join(" or ", Needed(policy))}, which that of {context.User.Identity?.Name} does not have";
        return WriteAsync(context, StatusCode.PermissionDenied, StatusCodes.Status403Forbidden, why);
    }

    /// <summary>Ends a request with one sentence, before anything of it was read.</summary>
    public static Task WriteAsync(HttpContext context, StatusCode status, int httpStatus, string sentence)
    {
        var response = context.Response;
        if (IsGrpc(context))
        {
            response.ContentType = "application/grpc";
            response.Headers["grpc-status"] = ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["grpc-message"] = Uri.EscapeDataString(sentence);
            return Task.CompletedTask;
        }
        response.StatusCode = httpStatus;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    private static bool IsGrpc(HttpContext context) => context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    private static IEnumerable<string> Needed(AuthorizationPolicy policy) =>
        policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(requirement => requirement.AllowedRoles);
}
