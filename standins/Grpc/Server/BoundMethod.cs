using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace StandIns.Grpc.Server;

/// <summary>A method of a service class, with the attributes of both and what handles a request.</summary>
internal sealed record BoundMethod(IMethod Method, IReadOnlyList<object> Attributes, RequestDelegate HandleAsync);
