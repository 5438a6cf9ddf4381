using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DreamFarm.Coordinator;

/// <summary>Sets up who may do what.</summary>
internal static class SecuritySetup
{
    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddSingleton<LimitedCalls>().AddSingleton<TokenStore>().AddSingleton<TokenDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<TokenDirectory>());
        services.AddAuthentication(TokenAuthentication.Name).AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Name, null);
        services.AddAuthorizationBuilder()
            // What names no role is for operators: nothing is open because somebody forgot it.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Roles.Operate).Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseMiddleware<LimitedCalls>();
        app.UseAuthorization();
    }
}
