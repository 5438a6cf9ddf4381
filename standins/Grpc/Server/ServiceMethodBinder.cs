using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StandIns.Grpc.Server;

/// <summary>
/// Asks the generated code of a service class for its methods and finds the class's override of each. The four kinds of call
/// differ only in what is read before, and written after, the handler.
/// </summary>
internal sealed class ServiceMethodBinder<TService>(MethodSettings settings, ILogger logger) : ServiceBinderBase
    where TService : class
{
    // Only a service that is not registered itself needs a constructor that can be called from here.
    private readonly Lazy<ObjectFactory> _create = new(() => ActivatorUtilities.CreateFactory(typeof(TService), Type.EmptyTypes));

    public List<BoundMethod> Methods { get; } = [];

    public void BindAll()
    {
        var attribute = ServiceBase.BindAttributeOf(typeof(TService));
        var bind = attribute?.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .FirstOrDefault(method => method.Name == attribute.BindMethodName && method.GetParameters() is [var first, _] && first.ParameterType == typeof(ServiceBinderBase));
        if (bind is null)
            throw new InvalidOperationException($"{typeof(TService)} is no gRPC service: it must derive from the base class that Grpc.Tools generated.");

        bind.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [this, null], null);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(TRequest), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>();
        Add(method, implementation, streamsRequests: false, async (service, call) =>
        {
            var request = await call.ReadRequestAsync(method.RequestMarshaller);
            await call.WriteResponseAsync(await invoke(service(), request, call), method.ResponseMarshaller);
        });
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>();
        Add(method, implementation, streamsRequests: true, async (service, call) =>
        {
            using var requests = new ServerStreamReader<TRequest>(call, call.CreateReader(method.RequestMarshaller));
            await call.WriteResponseAsync(await invoke(service(), requests, call), method.ResponseMarshaller);
        });
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        Add(method, implementation, streamsRequests: false, async (service, call) =>
        {
            var request = await call.ReadRequestAsync(method.RequestMarshaller);
            using var responses = new ServerStreamWriter<TResponse>(call, method.ResponseMarshaller);
            await invoke(service(), request, responses, call);
        });
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Find(method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = implementation.CreateDelegate<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        Add(method, implementation, streamsRequests: true, async (service, call) =>
        {
            using var requests = new ServerStreamReader<TRequest>(call, call.CreateReader(method.RequestMarshaller));
            using var responses = new ServerStreamWriter<TResponse>(call, method.ResponseMarshaller);
            await invoke(service(), requests, responses, call);
        });
    }

    private static MethodInfo Find(IMethod method, params Type[] parameters) =>
        typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} does not have the method {method.Name} that its generated base class names.");

    private void Add(IMethod method, MethodInfo implementation, bool streamsRequests, Func<Func<TService>, ServerCall, Task> body)
    {
        object[] attributes = [.. typeof(TService).GetCustomAttributes(inherit: true), .. implementation.GetCustomAttributes(inherit: true)];
        Methods.Add(new BoundMethod(method, attributes, context => HandleAsync(context, method, streamsRequests, body)));
    }

    private async Task HandleAsync(HttpContext context, IMethod method, bool streamsRequests, Func<Func<TService>, ServerCall, Task> body)
    {
        if (!ServerCall.TryAccept(context, streamsRequests))
            return;

        var call = new ServerCall(context, settings, logger);
        object? created = null;
        try
        {
            await body(Activate, call);
        }
        catch (Exception exception)
        {
            call.Fail(exception, method);
        }

        try
        {
            if (created is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (created as IDisposable)?.Dispose();
        }
        finally
        {
            await call.EndAsync();
        }

        // A service that the application registered lives as it was registered; any other lives for one call.
        TService Activate()
        {
            if (context.RequestServices.GetService<TService>() is { } registered)
                return registered;

            created = _create.Value(context.RequestServices, null);
            return (TService)created;
        }
    }
}
