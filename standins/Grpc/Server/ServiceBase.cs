using System.Reflection;
using Grpc.Core;

namespace StandIns.Grpc.Server;

/// <summary>Finds the generated code behind a service class.</summary>
internal static class ServiceBase
{
    /// <summary>What the generated base class, however far up, says about its methods; null for a class that has none.</summary>
    public static BindServiceMethodAttribute? BindAttributeOf(Type service)
    {
        for (var type = service; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
                return attribute;
        }

        return null;
    }
}
