namespace Grpc.Core;

/// <summary>A remote method, whatever its messages.</summary>
public interface IMethod
{
    /// <summary>The kind of call.</summary>
    MethodType Type { get; }

    /// <summary>The service with its package, such as <c>package.Service</c>.</summary>
    string ServiceName { get; }

    /// <summary>The method's name without its service.</summary>
    string Name { get; }

    /// <summary>The path of a call: <c>/package.Service/Method</c>.</summary>
    string FullName { get; }
}
