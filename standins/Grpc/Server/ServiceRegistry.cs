using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StandIns.Grpc.Wire;

namespace StandIns.Grpc.Server;

/// <summary>Makes endpoints out of services, and answers calls of methods and services that are not there.</summary>
internal sealed class ServiceRegistry(IOptions<GrpcServiceOptions> options, ILoggerFactory loggers)
{
    private readonly HashSet<string> _knownServices = [];
    private bool _hasUnknownServiceEndpoint;

    public IReadOnlyList<IEndpointConventionBuilder> Map<TService>(IEndpointRouteBuilder builder)
        where TService : class
    {
        var serviceOptions = (IOptions<GrpcServiceOptions<TService>>)builder.ServiceProvider.GetService(typeof(IOptions<GrpcServiceOptions<TService>>))!;
        var settings = MethodSettings.Merge(options.Value, serviceOptions.Value);
        var binder = new ServiceMethodBinder<TService>(settings, loggers.CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler"));
        binder.BindAll();

        var endpoints = new List<IEndpointConventionBuilder>();
        foreach (var bound in binder.Methods)
        {
            var endpoint = builder.Map(RoutePatternFactory.Parse(bound.Method.FullName), bound.HandleAsync);
            endpoint.WithDisplayName($"gRPC - {bound.Method.FullName}");
            endpoint.Add(e =>
            {
                foreach (var item in bound.Attributes)
                    e.Metadata.Add(item);

                e.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post]));
                e.Metadata.Add(new GrpcMethodMetadata(typeof(TService), bound.Method));
            });
            endpoints.Add(endpoint);
        }

        foreach (var service in binder.Methods.Select(bound => bound.Method.ServiceName).Distinct())
        {
            if (_knownServices.Add(service))
                MapUnimplemented(builder, $"{service}/{{unimplementedMethod}}", "unimplementedMethod", $"The service {service} does not have this method.");
        }

        if (!_hasUnknownServiceEndpoint)
        {
            _hasUnknownServiceEndpoint = true;
            MapUnimplemented(builder, "{unimplementedService}/{unimplementedMethod}", "unimplementedService", "The server does not have this service.");
        }

        return endpoints;
    }

    private static void MapUnimplemented(IEndpointRouteBuilder builder, string pattern, string constrained, string detail)
    {
        var constraints = new RouteValueDictionary { [constrained] = GrpcRequestConstraint.Instance };
        builder.Map(RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: constraints), context =>
        {
            context.Response.ContentType = GrpcHeaders.ContentType;
            ServerCall.SetStatus(context.Response.Headers, new Status(StatusCode.Unimplemented, detail));
            return Task.CompletedTask;
        });
    }

    /// <summary>Lets only gRPC calls through, so that web pages of the same application are not shadowed.</summary>
    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public static readonly GrpcRequestConstraint Instance = new();

        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && HttpMethods.IsPost(httpContext.Request.Method) && GrpcHeaders.IsGrpc(httpContext.Request.ContentType);
    }
}
